/** Who may import whom. The layout is the architecture; this holds it. */
const ours = '^(packages|subgraphs|gateway|plugins|bench)/';

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: { pathNot: '/entities/' }, to: { circular: true } },
    {
      name: 'kernel-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^packages/kernel/' },
      to: { path: ours, pathNot: '^packages/kernel/' },
    },
    {
      name: 'a-subgraph-imports-no-other',
      comment: 'Subgraphs speak through the graph and by events.',
      severity: 'error',
      from: { path: '^subgraphs/([^/]+)/src/' },
      to: { path: '^subgraphs/([^/]+)/', pathNot: '^subgraphs/$1/' },
    },
    {
      name: 'subgraphs-import-the-kernel-alone',
      severity: 'error',
      from: { path: '^subgraphs/(?!actions/)[^/]+/src/' },
      to: { path: '^(packages/(?!kernel/)|gateway/|plugins/)' },
    },
    {
      name: 'actions-imports-kernel-and-sdk',
      severity: 'error',
      from: { path: '^subgraphs/actions/src/' },
      to: { path: '^(packages/(?!kernel/|plugin-sdk/)|gateway/|plugins/)' },
    },
    {
      name: 'plugins-import-the-sdk-alone',
      comment: "Our plugins are built exactly as a partner's.",
      severity: 'error',
      from: { path: '^plugins/([^/]+)/src/' },
      to: { path: ours, pathNot: '^(packages/plugin-sdk/|plugins/$1/)' },
    },
    {
      name: 'sdk-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^packages/plugin-sdk/src/' },
      to: { path: ours, pathNot: '^packages/plugin-sdk/' },
    },
    {
      name: 'gateway-imports-the-kernel-alone',
      severity: 'error',
      from: { path: '^gateway/src/' },
      to: { path: '^(packages/(?!kernel/)|subgraphs/|plugins/)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|node_modules)/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['source', 'import', 'node', 'default'] },
  },
};
