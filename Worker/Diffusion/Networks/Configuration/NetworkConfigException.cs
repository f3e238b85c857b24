namespace RenderFarm.Diffusion.Networks.Configuration;

/// <summary>A config.json that describes no network this library can build. Permanent: trying again does not help.</summary>
public sealed class NetworkConfigException : Exception
{
    public NetworkConfigException()
    {
    }

    public NetworkConfigException(string message) : base(message)
    {
    }

    public NetworkConfigException(string message, Exception inner) : base(message, inner)
    {
    }
}
