using Xunit.Sdk;
using Xunit.v3;

// Each test runs whole farms, which share the machine's cores.
[assembly: Parallelization(Mode = ParallelMode.None)]
