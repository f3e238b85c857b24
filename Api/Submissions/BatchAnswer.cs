namespace RenderFarm.Api.Submissions;

/// <summary>The answer to a submission by message.</summary>
/// <param name="Message">What its sender is told.</param>
/// <param name="Refusal">Why it is not accepted; null where it is.</param>
internal sealed record BatchAnswer(object Message, string? Refusal)
{
    /// <summary>Where nobody waits for an answer a refusal is no secret: the message is set aside with it, for people to look at.</summary>
    public void AssertNeedsNoAnswer()
    {
        if (Refusal is not null)
            throw new UnansweredException($"A batch was rejected, and its message names nowhere to say so: {Refusal}");
    }
}
