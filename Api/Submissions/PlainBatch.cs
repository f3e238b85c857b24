namespace RenderFarm.Api.Submissions;

/// <summary>A batch as JSON that did not come through MassTransit. It has no fields: its consumer reads the message's body.</summary>
internal sealed class PlainBatch;
