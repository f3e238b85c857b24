using Xunit;

namespace RenderFarm.Diffusion.Tests.Layers;

/// <summary>For tests of the process's memory: none beside them that takes or gives back some.</summary>
[CollectionDefinition(nameof(AloneInProcess), DisableParallelization = true)]
public sealed class AloneInProcess;
