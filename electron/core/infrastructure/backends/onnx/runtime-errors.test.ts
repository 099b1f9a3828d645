import { describe, expect, test } from 'vitest';
import { modelProblem, runProblem } from './runtime-errors.ts';

const model = { name: 'my.onnx', path: '/model/my.onnx' };
const problem = (message: string) => modelProblem(new Error(message), model);

/* The texts are those of onnxruntime-node 1.30. */

describe('a model that cannot be opened', () => {
  test('is said to be in parts when its values lie in other files', () => {
    const outside =
      'External data path validation failed for initializer: W. Error: tensorprotoutils.cc:461 ValidateExternalDataPathFromDir External data path does not exist: "/model/missing.bin"';
    const values = { model: 'my.onnx', example: 'my.onnx.data' };
    expect(problem(outside)).toEqual({ code: 'model-in-parts', values: { ...values, file: 'missing.bin' } });
    const escaping =
      'External data path validation failed for initializer: W. Error: External data path escapes model directory. External data path: "../../etc/passwd" resolved path: "/etc/passwd" allowed directory: "/model"';
    expect(problem(escaping)).toEqual({ code: 'model-in-parts', values: { ...values, file: 'passwd' } });
  });

  test.each([
    [
      'Load model from /model/my.onnx failed:This is an invalid model. In Node, ("", Frobnicate, "", -1) : ("x": tensor(float),) -> ("y": tensor(float),) , Error No Op registered for Frobnicate with domain_version of 18',
      'There is no operator Frobnicate in opset 18.',
    ],
    [
      'Load model from /model/my.onnx failed:Fatal error: com.acme:Frobnicate(-1) is not a registered function/op',
      'There is no operator com.acme:Frobnicate.',
    ],
    ['Exception during loading: MLDataType for: tensor(complex64) is not currently registered or supported', 'It holds complex64.'],
    [
      'void onnxruntime::model_load_utils::ValidateOpsetForDomain(bool) ONNX Runtime only *guarantees* support for models stamped with official released onnx opset versions. Opset 99 is under development and support for this is limited.',
      'Its opset 99 is newer than this runtime.',
    ],
    ['Unsupported data type: 16', 'Its inputs or outputs hold bfloat16, which the runtime for Node cannot pass on.'],
  ])('says what it has that the runtime has not: %s', (message, detail) => {
    expect(problem(message)).toEqual({ code: 'model-unsupported', values: { model: 'my.onnx', detail } });
  });
});

test('a run that fails is told by its node and by what is wrong there', () => {
  const message =
    "Non-zero status code returned while running Reshape node. Name:'head' Status Message: /src/onnxruntime/core/reshape_helper.h:47 onnxruntime::ReshapeHelper::ReshapeHelper(const onnxruntime::TensorShape&, onnxruntime::TensorShapeVector&, bool) input_shape_size == requested_shape_size was false. The input tensor cannot be reshaped to the requested shape. Input shape:{1,13}, requested shape:{7,7}";
  expect(runProblem(new Error(message))).toEqual({
    code: 'run-failed',
    values: {
      detail:
        'In its Reshape (head): input_shape_size == requested_shape_size was false. The input tensor cannot be reshaped to the requested shape. Input shape:{1,13}, requested shape:{7,7}.',
    },
  });
});
