using Xunit.Sdk;
using Xunit.v3;

// Tensors are counted per process and the cores are few: one test at a time.
[assembly: Parallelization(Mode = ParallelMode.None)]
