import protobuf from 'protobufjs';

/*
 * For tests: tiny models, written with the part of ONNX's schema that they need.
 */

const model = protobuf
  .parse(
    `syntax = "proto2";
    message ModelProto { optional int64 ir_version = 1; optional GraphProto graph = 7; repeated OperatorSet opset_import = 8; }
    message OperatorSet { optional string domain = 1; optional int64 version = 2; }
    message GraphProto {
      repeated Node node = 1; optional string name = 2; repeated Tensor initializer = 5; repeated Value input = 11; repeated Value output = 12;
    }
    message Node { repeated string input = 1; repeated string output = 2; optional string op_type = 4; repeated Attribute attribute = 5; }
    message Attribute { optional string name = 1; optional GraphProto g = 6; optional int32 type = 20; }
    message Tensor {
      repeated int64 dims = 1; optional int32 data_type = 2; repeated int64 int64_data = 7; optional string name = 8;
      repeated Entry external_data = 13; optional int32 data_location = 14;
    }
    message Entry { optional string key = 1; optional string value = 2; }
    message Value { optional string name = 1; optional ValueType type = 2; }
    message ValueType { optional TensorType tensor_type = 1; optional SequenceType sequence_type = 4; }
    message SequenceType { optional ValueType elem_type = 1; }
    message TensorType { optional int32 elem_type = 1; optional Shape shape = 2; }
    message Shape { repeated Dimension dim = 1; }
    message Dimension { optional int64 dim_value = 1; optional string dim_param = 2; }`,
  )
  .root.lookupType('ModelProto');

/** Numbers of ONNX's types. */
export const typeNumbers = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
} as const;
type TypeName = keyof typeof typeNumbers;

const value = (name: string, type: TypeName, shape: readonly (string | number)[]) => ({
  name,
  type: {
    tensorType: {
      elemType: typeNumbers[type],
      shape: { dim: shape.map((size) => (typeof size === 'string' ? { dimParam: size } : { dimValue: size })) },
    },
  },
});

const write = (graph: object): Uint8Array =>
  model.encode(model.fromObject({ irVersion: 8, opsetImport: [{ domain: '', version: 16 }], graph })).finish();

/** Gives what it takes. */
export const identityModel = (type: TypeName, shape: readonly (string | number)[], operator = 'Identity'): Uint8Array =>
  write({
    name: 'same',
    node: [{ input: ['x'], output: ['y'], opType: operator }],
    input: [value('x', type, shape)],
    output: [value('y', type, shape)],
  });

/** Adds one float32 to what it takes, which lies in a file of its own. */
export const outsideModel = (weightsFile: string): Uint8Array =>
  write({
    name: 'outside',
    node: [{ input: ['x', 'w'], output: ['y'], opType: 'Add' }],
    initializer: [{ dims: [1], dataType: 1, name: 'w', externalData: [{ key: 'location', value: weightsFile }], dataLocation: 1 }],
    input: [value('x', 'float32', ['n'])],
    output: [value('y', 'float32', ['n'])],
  });

/** Takes a sequence of tensors, which no file holds. */
export const sequenceModel = (): Uint8Array =>
  write({
    name: 'length',
    node: [{ input: ['x'], output: ['y'], opType: 'SequenceLength' }],
    input: [{ name: 'x', type: { sequenceType: { elemType: value('', 'float32', []).type } } }],
    output: [value('y', 'int64', [])],
  });

/** Goes round for longer than anybody waits; takes one float32. */
export const endlessModel = (): Uint8Array => {
  const body = {
    name: 'body',
    node: [
      { input: ['go'], output: ['goOn'], opType: 'Identity' },
      { input: ['before'], output: ['after'], opType: 'Identity' },
    ],
    input: [value('turn', 'int64', []), value('go', 'bool', []), value('before', 'float32', [])],
    output: [value('goOn', 'bool', []), value('after', 'float32', [])],
  };
  return write({
    name: 'endless',
    node: [{ input: ['turns', '', 'x'], output: ['y'], opType: 'Loop', attribute: [{ name: 'body', g: body, type: 5 }] }],
    initializer: [{ dims: [], dataType: 7, int64Data: ['4611686018427387904'], name: 'turns' }],
    input: [value('x', 'float32', [])],
    output: [value('y', 'float32', [])],
  });
};
