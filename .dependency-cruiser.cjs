/*
 * The house as rules: applications → services → infrastructure → lib; a folder never imports a sibling's files;
 * each outside package has its place. ARCHITECTURE.md tells why. Checked by `npm run check`.
 */

/** Tests, and what only tests use: the conformance suites and files named test-… or arbitrary-… (property tests) */
const test = '(\\.test\\.tsx?|/conformance\\.ts|/(test|arbitrary)-[^/]+\\.ts)$';
/** Files a machine starts or a tool reads: nothing imports them. */
const entries = ['^electron/[^/]+\\.ts$', '^renderer/main\\.tsx$', '^e2e/', '^[^/]+\\.config\\.ts$', '\\.d\\.ts$', test];
/** The only places that may know which remote-call library we use. */
const transports = [
  '^shared/contract/',
  '^electron/core/(dispatch|serve-\\w+|test-core)(\\.test)?\\.ts$',
  '^electron/(headless|desktop|command-line)/',
  '^electron/(headless|main|cli)\\.ts$',
  '^renderer/client(\\.test)?\\.ts$',
  '^e2e/',
];

const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    forbid('no-cycles', 'Two files that need each other are one file, or a third is missing.', {}, { circular: true }),
    forbid('no-orphans', 'A file that nothing imports is dead.', { orphan: true, pathNot: entries }, {}),
    forbid('resolvable', 'The import leads nowhere.', {}, { couldNotResolve: true }),
    forbid('no-tests-in-product', 'Only tests import tests.', { pathNot: [test, '^e2e/'] }, { path: test }),

    // ── layers of the core ──
    forbid(
      'lib-knows-nothing',
      'lib has no domain: it imports lib and shared only.',
      { path: '^electron/core/lib/' },
      {
        path: '^(electron|renderer|e2e)/',
        pathNot: '^electron/core/lib/',
      },
    ),
    forbid(
      'infrastructure-is-below',
      'The machine layer does not know what is built on it.',
      { path: '^electron/core/infrastructure/' },
      {
        path: '^electron/core/(services|applications)/',
      },
    ),
    forbid(
      'services-below-applications',
      'The operating system does not know the applications; parts.ts lists them.',
      { path: '^electron/core/services/' },
      {
        path: '^electron/core/applications/',
      },
    ),
    forbid(
      'no-siblings',
      'A folder never imports a sibling; create-core passes what it needs.',
      { path: '^electron/core/(infrastructure|services|applications)/([^/]+)/' },
      { path: '^electron/core/$1/[^/]+/', pathNot: '^electron/core/$1/$2/' },
    ),
    forbid(
      'no-sibling-backends',
      'Each backend stands alone behind the port.',
      { path: '^electron/core/infrastructure/backends/([^/]+)/' },
      { path: '^electron/core/infrastructure/backends/[^/]+/', pathNot: '^electron/core/infrastructure/backends/$1/' },
    ),
    forbid(
      'parts-are-joined-outside',
      'A layer is handed its parts; it never reaches for the place that joins them.',
      { path: '^electron/core/[^/]+/', pathNot: test },
      { path: '^electron/core/(create-core|parts)\\.ts$' },
    ),

    // ── core, shells and faces ──
    forbid(
      'core-has-no-shell',
      'The core runs in any shell.',
      { path: '^electron/core/', pathNot: test },
      {
        path: ['^electron/(desktop|headless|command-line)/', '^electron/[^/]+\\.ts$', '^renderer/', '^e2e/'],
      },
    ),
    forbid(
      'electron-has-its-place',
      'Only main.ts, preload.ts and desktop/ know Electron.',
      { pathNot: ['^electron/(main|preload)\\.ts$', '^electron/desktop/', '^e2e/'] },
      { path: ['^electron$', '(^|/)node_modules/(@types/)?electron(-store)?/'] },
    ),
    forbid(
      'shells-stand-apart',
      'The command line needs no other shell, and the headless one no desktop.',
      { path: '^electron/(headless|command-line)/', pathNot: test },
      { path: '^electron/desktop/' },
    ),
    forbid(
      'renderer-imports-shared-only',
      'A page talks to the core through the contract.',
      { path: '^renderer/' },
      { path: '^(electron|e2e|resources)/' },
    ),
    forbid('renderer-has-no-node', 'A page runs in a browser.', { path: '^renderer/', pathNot: test }, { dependencyTypes: ['core'] }),
    forbid(
      'schemas-as-types-in-faces',
      'Schemas stay out of the bundle and of the start of the command line, and their library with them.',
      { path: '^(renderer|shared/words|electron/command-line)/', pathNot: [test, '^electron/command-line/simulate/'] },
      {
        path: '^shared/(contract|model)/',
        // Hold a number, names and arithmetic.
        pathNot: '^shared/model/(considered|ended-kinds|file-limit|largest-array|policy-names|run-time)\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    ),

    // ── packages ──
    forbid(
      'shared-loads-anywhere',
      'shared/ imports zod, @orpc/contract and shared/ only.',
      { path: '^shared/', pathNot: test },
      {
        pathNot: ['^shared/', '(^|/)node_modules/zod/', '(^|/)node_modules/@orpc/contract/'],
      },
    ),
    forbid(
      'orpc-has-its-place',
      'Only the contract and the transports know the remote-call library.',
      { pathNot: transports },
      { path: '(^|/)node_modules/@orpc/' },
    ),
    forbid(
      'shipped-packages',
      'The built core finds only what is in "dependencies".',
      // What draws `switchyard top` and what `switchyard simulate` computes with are bundled with the command line.
      { path: '^electron/', pathNot: [test, '^electron/command-line/top/', '^electron/core/services/scheduler/simulator/'] },
      {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only'],
        pathNot: '(^|/)node_modules/electron/',
      },
    ),
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^out/', '^dist/', '^e2e/electron-double/'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
};
