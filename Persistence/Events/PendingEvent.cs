namespace RenderFarm.Persistence.Events;

/// <summary>An event to tell. Its id is the message's id on each try, so that hearers can drop a second telling.</summary>
public sealed record PendingEvent(Guid Id, object Message);
