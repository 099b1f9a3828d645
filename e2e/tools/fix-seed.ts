import fc from 'fast-check';

/*
 * Property tests draw the same inputs every time, so that a tree which passed here passes everywhere and a failure can be looked at again.
 * To look elsewhere name another seed: SWITCHYARD_TEST_SEED=7 npm run test:unit.
 */
fc.configureGlobal({ seed: Number(process.env['SWITCHYARD_TEST_SEED'] ?? 20_261_129) });
