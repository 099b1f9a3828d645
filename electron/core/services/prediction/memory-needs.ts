import type { JobDetail, JobState } from '../../../../shared/model/job.ts';
import type { MemoryPrediction, Prediction, PredictionQuality } from '../../../../shared/model/prediction.ts';
import { peakOnDevices } from '../../lib/peak-on-devices.ts';
import { createPredictor, type Expected, type Quality } from './predictor.ts';
import type { Work } from './work.ts';

type Demand = JobDetail['demand'];

/** What is known of how much memory jobs need at most: of the machine, and of the devices beside the processor. */
export interface MemoryNeeds {
  predict(work: Work, demand: Demand): Pick<Prediction, 'memory' | 'deviceMemory'>;
  /** An attempt has succeeded; what nobody measured teaches nothing. */
  learn(work: Work, demand: Demand, state: Extract<JobState, { kind: 'succeeded' }>): void;
  /** `kind` is that of the device. */
  qualityOf(of: Pick<Quality, 'family' | 'device' | 'warm'>, kind: string | undefined): Pick<PredictionQuality, 'memory' | 'deviceMemory'>;
}

/** A byte, and more than any machine has. */
const bounds = { least: 1, most: 1e18 } as const;

/** Predicts peaks as run times are predicted, with nothing apart for a start-up. Devices of one kind need alike, whichever it is. */
export const createMemoryNeeds = (): MemoryNeeds => {
  const ofMachine = createPredictor(bounds);
  const ofDevices = createPredictor(bounds);
  return {
    predict(of, { device }) {
      const work = unsaid(of);
      const memory = ofMachine.predict(work);
      const deviceMemory = device && ofDevices.predict({ ...work, device: device.kind });
      return { ...(memory && { memory: predictionOf(memory) }), ...(deviceMemory && { deviceMemory: predictionOf(deviceMemory) }) };
    },
    learn(of, { device }, { ranOn, predicted }) {
      const work = unsaid(of);
      const { memory, deviceMemory } = predicted ?? {};
      const peak = ranOn?.peakMemoryBytes;
      if (peak !== undefined) ofMachine.learn(work, { amount: peak }, memory && expectedOf(memory, work));
      const devicePeak = device && peakOnDevices(ranOn?.devices, device.count);
      if (devicePeak !== undefined) {
        ofDevices.learn({ ...work, device: device?.kind ?? '' }, { amount: devicePeak }, deviceMemory && expectedOf(deviceMemory, work));
      }
    },
    qualityOf(of, kind) {
      const memory = ofMachine.qualityOf(of);
      const deviceMemory = kind === undefined ? undefined : ofDevices.qualityOf({ ...of, device: kind });
      return { ...(memory && { memory: qualityIn(memory) }), ...(deviceMemory && { deviceMemory: qualityIn(deviceMemory) }) };
    },
  };
};

/** What its user said is about time. */
const unsaid = (of: Work): Work => {
  const { said: _said, ...work } = of;
  return work;
};

const predictionOf = ({ p50, p90, from, samples }: Expected): MemoryPrediction => ({
  p50Bytes: Math.round(p50),
  p90Bytes: Math.round(p90),
  from,
  samples,
});

const expectedOf = ({ p50Bytes: p50, p90Bytes: p90, from, samples }: MemoryPrediction, { warm }: Work): Expected => ({
  p50,
  p90,
  from,
  samples,
  ...(warm !== undefined && { warm }),
});

const qualityIn = ({ predicted, mape, p90Coverage }: Quality) => ({ predicted, mape, p90Coverage });
