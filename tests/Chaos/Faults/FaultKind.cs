namespace RenderFarm.Chaos.Faults;

/// <summary>What can go wrong.</summary>
internal enum FaultKind
{
    /// <summary>kill -9 of a worker, which starts again at the fault's end.</summary>
    KillWorker,

    /// <summary>The same of an Api.</summary>
    KillApi,

    /// <summary>A worker stands still for longer than its leases, and then goes on as if nothing had been.</summary>
    FreezeWorker,

    /// <summary>The same of an Api.</summary>
    FreezeApi,

    /// <summary>A process's connections to a server are closed, and no new ones open.</summary>
    Cut,

    /// <summary>A process's connections to a server carry nothing for a while.</summary>
    Stall,

    /// <summary>A process's connections to a server are slow.</summary>
    Slow,

    /// <summary>A process's connections to a server fall silent for good, without a word; new ones work.</summary>
    Silence,

    /// <summary>kill -9 of the broker, which starts again on its data.</summary>
    RestartBroker,

    /// <summary>kill -9 of the database, which starts again on its data.</summary>
    RestartDatabase,

    /// <summary>The store fails.</summary>
    StoreFails,

    /// <summary>The store is slow.</summary>
    StoreSlow,

    /// <summary>The store lies.</summary>
    StoreLies,

    /// <summary>Messages come twice, messages for jobs come that need none, and waiting ones are taken and put back in another order.</summary>
    Redeliver,

    /// <summary>Running jobs, waiting jobs and whole batches are canceled.</summary>
    Cancel,
}
