using System.Security.Cryptography;
using RenderFarm.Contracts.Jobs;
using Xunit;

namespace RenderFarm.EndToEnd.Tests.Distributed;

public sealed class DownloadTests
{
    [Fact]
    public async Task Picture_OfADistributedFarm_IsFetchedFromTheStoreItself()
    {
        var (farm, _) = await DistributedFarm.StartAsync(workers: 1);
        await using var running = farm;
        var output = Assert.Single(await farm.AssertAllSucceedAsync(await farm.SubmitAsync(1, "a circle"))).Outputs[0];
        var link = await farm.GetAsync<OutputLink>($"{output.Url}?as=link");

        Assert.Equal(farm.Settings["Store__PublicEndpoint"], link.Url.GetLeftPart(UriPartial.Authority));
        Assert.Equal((output.Size, output.Sha256), (link.Size, link.Sha256));
        foreach (var path in new[] { output.Url, $"{output.Url}?as=content", link.Url.AbsoluteUri })
            Assert.Equal(output.Sha256, Convert.ToHexStringLower(SHA256.HashData(await farm.BytesAsync(path))));
    }
}
