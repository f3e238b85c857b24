using RenderFarm.Api.Dispatch;

namespace RenderFarm.Api.Events;

/// <summary>Tells the relay that there is something to tell at once.</summary>
internal sealed class OutboxSignal : Signal;
