namespace RenderFarm.Api.Dispatch;

/// <summary>Tells the dispatcher that a batch came in.</summary>
internal sealed class DispatchSignal : Signal;
