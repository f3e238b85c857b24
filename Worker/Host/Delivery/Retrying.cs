namespace RenderFarm.Worker.Delivery;

/// <summary>Tries again after a growing wait.</summary>
internal sealed class Retrying(int tries, TimeSpan delay, TimeProvider time)
{
    public async Task<T> RunAsync<T>(Func<Task<T>> work)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await work().ConfigureAwait(false);
            }
            catch (Exception) when (attempt < tries)
            {
                await Task.Delay(delay * (1 << (attempt - 1)), time).ConfigureAwait(false);
            }
        }
    }
}
