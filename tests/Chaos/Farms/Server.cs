namespace RenderFarm.Chaos.Farms;

/// <summary>What the farm stands on.</summary>
internal enum Server
{
    /// <summary>RabbitMQ.</summary>
    Broker,

    /// <summary>PostgreSQL.</summary>
    Database,

    /// <summary>MinIO.</summary>
    Store,
}
