import { describe, expect, test } from 'vitest';
import { parseNodeCounts, sumNodeCounts } from './node-counts.ts';

/** Captured from ONNX Runtime 1.30 for Node, shortened; the last event is one of a provider beside the processor. */
const captured = `[
{"cat" : "Session","pid" :1,"tid" :1,"dur" :5618,"ts" :4,"ph" : "X","name" :"model_loading_uri","args" : {}},
{"cat" : "Node","pid" :1,"tid" :1,"dur" :131,"ts" :27087,"ph" : "X","name" :"Sub_0_kernel_time","args" : {"op_name" : "Sub","node_index" : "0","provider" : "CPUExecutionProvider","thread_scheduling_stats" : ""}},
{"cat" : "Node","pid" :1,"tid" :1,"dur" :12,"ts" :27250,"ph" : "X","name" :"Div_1_kernel_time","args" : {"provider" : "CPUExecutionProvider","node_index" : "1","op_name" : "Div"}},
{"cat" : "Session","pid" :1,"tid" :1,"dur" :383,"ts" :27000,"ph" : "X","name" :"model_run","args" : {}},
{"cat" : "Node","pid" :1,"tid" :1,"dur" :14,"ts" :28087,"ph" : "X","name" :"Sub_0_kernel_time","args" : {"op_name" : "Sub","node_index" : "0","provider" : "CPUExecutionProvider"}},
{"cat" : "Node","pid" :1,"tid" :1,"dur" :9,"ts" :29087,"ph" : "X","name" :"Conv_2_kernel_time","args" : {"op_name" : "Conv","node_index" : "2","provider" : "CUDAExecutionProvider"}}
]`;

describe('a profile of the runtime', () => {
  test('tells how many nodes each provider ran, each node once', () => {
    expect(parseNodeCounts(captured)).toEqual([
      { provider: 'CPUExecutionProvider', count: 2 },
      { provider: 'CUDAExecutionProvider', count: 1 },
    ]);
  });

  test.each(['', '[', '{}', '[]', '[null, 3]', '[{"cat":"Node","args":{}}]', captured.slice(0, 400)])(
    'says nothing when it is %j',
    (text) => {
      expect(parseNodeCounts(text)).toBeUndefined();
    },
  );
});

test('the nodes of several graphs are added up, most first', () => {
  const graphs = [
    [{ provider: 'CPUExecutionProvider', count: 3 }],
    [
      { provider: 'CUDAExecutionProvider', count: 90 },
      { provider: 'CPUExecutionProvider', count: 4 },
    ],
  ];
  expect(sumNodeCounts(graphs)).toEqual([
    { provider: 'CUDAExecutionProvider', count: 90 },
    { provider: 'CPUExecutionProvider', count: 7 },
  ]);
  expect(sumNodeCounts([])).toEqual([]);
});
