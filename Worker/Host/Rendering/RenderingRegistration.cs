using Microsoft.Extensions.Options;

namespace RenderFarm.Worker.Rendering;

/// <summary>The worker process's model, from its settings.</summary>
internal static class RenderingRegistration
{
    public static IServiceCollection AddCascade(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<RenderingOptions>().Bind(configuration.GetSection(RenderingOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        return services.AddRenderFarmWorker(configuration, Load);
    }

    private static CascadeRenderer Load(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<RenderingOptions>>().Value;
        return new CascadeRenderer(options.Model!, options.ToCascade(), provider.GetRequiredService<ILogger<CascadeRenderer>>());
    }
}
