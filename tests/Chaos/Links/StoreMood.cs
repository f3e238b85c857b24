namespace RenderFarm.Chaos.Links;

/// <summary>How the object store behaves.</summary>
internal enum StoreMood
{
    /// <summary>As MinIO does.</summary>
    Sound,

    /// <summary>Answers half of the requests with 500: some before it did anything, some after.</summary>
    Failing,

    /// <summary>Answers seconds late.</summary>
    Slow,

    /// <summary>Answers half of the uploads with 200 and keeps nothing, half a picture, or other bytes; and reads with other bytes.</summary>
    Lying,
}
