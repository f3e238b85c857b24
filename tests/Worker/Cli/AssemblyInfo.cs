using Xunit.Sdk;
using Xunit.v3;

// Commands write to shared places: the working folder, the environment, libtorch.
[assembly: Parallelization(Mode = ParallelMode.None)]
