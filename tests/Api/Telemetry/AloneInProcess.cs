using Xunit;

namespace RenderFarm.Api.Tests.Telemetry;

/// <summary>
/// Tests beside which no other farm may run: OpenTelemetry takes instruments of one name for one, whichever farm of the process has made them,
/// and forgets them for all farms when one is disposed.
/// </summary>
[CollectionDefinition(nameof(AloneInProcess), DisableParallelization = true)]
public sealed class AloneInProcess;
