using Xunit.Sdk;
using Xunit.v3;

// All tests look at one run of a whole farm.
[assembly: Parallelization(Mode = ParallelMode.None)]
