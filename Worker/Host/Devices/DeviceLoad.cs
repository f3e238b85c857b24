namespace RenderFarm.Worker.Devices;

/// <summary>
/// How many groups a device has and has not ended. A group counts from before it is handed over, not from when the device's thread takes it:
/// between the two the device would look idle, and the next group would leave without its company.
/// </summary>
internal sealed class DeviceLoad
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _groups;

    public DeviceLoad() => _idle.SetResult();

    /// <summary>Ends when the device has nothing to do; has ended where it has nothing now.</summary>
    public Task Idle
    {
        get
        {
            lock (_gate)
                return _idle.Task;
        }
    }

    /// <summary>A group is about to be handed over.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            if (_groups++ == 0)
                _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>A group has left the device, or was refused by it.</summary>
    public void End()
    {
        lock (_gate)
        {
            if (--_groups == 0)
                _idle.SetResult();
        }
    }
}
