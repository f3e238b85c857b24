using System.Text.Json;
using System.Xml.Linq;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Architecture.Tests;

public sealed class ReferenceGraphTests
{
    // design.md section 2: who may refer to whom. A project not listed here has no room in the house.
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["RenderFarm.Contracts"] = [],
        ["RenderFarm.Persistence"] = ["RenderFarm.Contracts"],
        ["RenderFarm.Api"] = ["RenderFarm.Persistence"],
        ["RenderFarm.Diffusion"] = [],
        ["RenderFarm.Training"] = ["RenderFarm.Diffusion"],
        ["RenderFarm.Worker"] = ["RenderFarm.Persistence", "RenderFarm.Diffusion"],
        ["RenderFarm.Cli"] = ["RenderFarm.Api", "RenderFarm.Worker", "RenderFarm.Training"],
    };

    private static readonly string[] HeavyPackages = ["MassTransit", "EntityFrameworkCore", "Npgsql", "Hangfire", "Minio", "Hosting", "AspNetCore"];

    private static readonly string[] TopLevel =
        ["Api", "Contracts", "Persistence", "README.md", "RenderFarm.sln", "Worker", "docker", "tests",
         "BannedSymbols.txt", "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props"];

    public static TheoryData<string> Projects()
    {
        var data = new TheoryData<string>();
        foreach (var room in new[] { "Api", "Contracts", "Persistence", "Worker" })
            foreach (var path in Directory.EnumerateFiles(Path.Combine(Repository.Root, room), "*.csproj", SearchOption.AllDirectories))
                data.Add(Path.GetRelativePath(Repository.Root, path));
        return data;
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_References_PointOneWay(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        Assert.True(Allowed.ContainsKey(name), $"{path} is not in the house's plan; rooms are {string.Join(", ", Allowed.Keys)}.");
        var references = Items(path, "ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r)!);
        Assert.Empty(references.Except(Allowed[name]));
    }

    [Theory]
    [InlineData("Contracts/RenderFarm.Contracts.csproj")]
    [InlineData("Worker/Diffusion/RenderFarm.Diffusion.csproj")]
    public void Leaf_Packages_CarryNoServiceCode(string path) =>
        Assert.DoesNotContain(Items(path, "PackageReference"), p => HeavyPackages.Any(h => p.Contains(h, StringComparison.OrdinalIgnoreCase)));

    [Fact]
    public void Api_Packages_CarryNoLibTorch()
    {
        using var assets = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "Api", "obj", "project.assets.json")));
        var libraries = assets.RootElement.GetProperty("libraries").EnumerateObject().Select(l => l.Name);
        Assert.DoesNotContain(libraries, l => l.Contains("torch", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("Api/RenderFarm.Api.csproj", "MassTransit.RabbitMQ")]
    [InlineData("Api/RenderFarm.Api.csproj", "Hangfire.AspNetCore")]
    [InlineData("Worker/Host/RenderFarm.Worker.csproj", "MassTransit.RabbitMQ")]
    [InlineData("Worker/Diffusion/RenderFarm.Diffusion.csproj", "TorchSharp")]
    [InlineData("Worker/Diffusion/RenderFarm.Diffusion.csproj", "TorchSharp-cuda-linux")]
    [InlineData("Persistence/RenderFarm.Persistence.csproj", "Minio")]
    [InlineData("Persistence/RenderFarm.Persistence.csproj", "Npgsql.EntityFrameworkCore.PostgreSQL")]
    public void Package_NamedByTheUser_StandsInItsRoom(string path, string package) => Assert.Contains(package, Items(path, "PackageReference"));

    [Fact]
    public void Root_Entries_AreTheAgreedOnes()
    {
        var tracked = Repository.Git("ls-files").Select(f => f.Split('/')[0]).Distinct().Where(f => !f.StartsWith('.'));
        Assert.Empty(tracked.Except(TopLevel));
    }

    private static IEnumerable<string> Items(string path, string kind) =>
        XDocument.Load(Path.Combine(Repository.Root, path)).Descendants(kind).Select(e => (string)e.Attribute("Include")!);
}
