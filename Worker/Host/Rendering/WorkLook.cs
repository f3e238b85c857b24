namespace RenderFarm.Worker.Rendering;

/// <summary>A way to see a work as far as it is drawn.</summary>
/// <param name="WorkId">The work's id.</param>
/// <param name="Take">Makes the picture; on the calling thread, before the call that told of it returns. Costs nothing until called.</param>
public sealed record WorkLook(Guid WorkId, Func<UnfinishedPicture> Take);
