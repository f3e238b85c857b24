using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.References;
using RenderFarm.Diffusion.Sampling;
using RenderFarm.Diffusion.Tests.Cascades;
using RenderFarm.Testing;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.References;

/// <summary>Pictures that the bundled cascade's first stage draws after a picture.</summary>
public sealed class ReferenceTests : IDisposable
{
    private const int Side = 64;

    private static readonly string Model = Path.Combine(Repository.Root, "Worker", "Models", "shapes");

    private readonly Cascade _cascade = Cascade.Load(Model, new CascadeOptions { Dtype = ScalarType.Float32, StageCount = 1 });

    public void Dispose() => _cascade.Dispose();

    [Fact]
    public void Render_PictureAlone_DrawsWhatItShows()
    {
        var reference = Reference((220, 30, 30));

        var result = Draw(new RenderRequest { Prompt = "", Reference = reference, Seed = 1 })[0];

        Assert.Equal((220, 30, 30), Near(result.Picture!, 0.5, 0.5));
        Assert.Equal((255, 255, 255), Near(result.Picture!, 0.05, 0.05));
        Assert.Equal(reference.Sha256, result.Provenance.ReferenceSha256);
        Assert.Contains(result.Provenance.ToPngText(), text => text.Key == "reference_sha256" && text.Value == reference.Sha256);
        Assert.Equal("a big red circle in the centre on a white background", result.Provenance.Reading);
        Assert.Contains(result.Provenance.ToPngText(), text => text.Key == "reading" && text.Value == result.Provenance.Reading);
    }

    [Fact]
    public void Render_PictureAndWords_ChangesWhatTheySay()
    {
        var result = Draw(new RenderRequest { Prompt = "the same in blue", Reference = Reference((220, 30, 30)), Seed = 1 })[0];

        Assert.Equal((30, 80, 220), Near(result.Picture!, 0.5, 0.5));
        Assert.Equal((255, 255, 255), Near(result.Picture!, 0.05, 0.05));
        Assert.Equal("a big blue circle in the centre on a white background", result.Provenance.Reading);
        Assert.Empty(result.UnknownWords);
    }

    /// <summary>"striped" is a word of captions, but of no instruction that the fusion learned.</summary>
    [Fact]
    public void Render_PictureAndWordsThatTheFusionNeverLearned_NamesThem()
    {
        var settings = new Dictionary<string, StageSettings> { ["stage1"] = new() { Steps = 1 } };
        var results = Draw(
            new RenderRequest { Prompt = "the same but striped and glossy", Reference = Reference((220, 30, 30)), Seed = 1, Settings = settings },
            new RenderRequest { Prompt = "a striped circle", Seed = 1, Settings = settings });

        Assert.Equal(["striped", "glossy"], results[0].UnknownWords);
        Assert.Empty(results[1].UnknownWords);
    }

    [Fact]
    public void Render_BesideOthersWithout_DrawsEachAsAlone()
    {
        var settings = new Dictionary<string, StageSettings> { ["stage1"] = new() { Steps = 3 } };
        RenderRequest[] requests =
        [
            new() { Prompt = "a big red circle in the centre", Seed = 1, Settings = settings },
            new() { Prompt = "", Reference = Reference((30, 150, 60)), Seed = 2, Settings = settings },
            new() { Prompt = "a small blue star in the centre", Seed = 3, Settings = settings },
        ];

        var together = Draw(requests);

        foreach (var (request, result) in requests.Zip(together)) PictureAssert.Close(Draw(request)[0].Picture!, result.Picture!, 1);
        Assert.Equal([true, false, true], together.Select(result => result.Provenance.Reading is null));
    }

    [Fact]
    public void Render_NeitherWordsNorPicture_IsRefused() =>
        Assert.Contains("The prompt is empty", Assert.Throws<SettingsException>(() => Draw(new RenderRequest { Prompt = "", Seed = 1 })).Message, StringComparison.Ordinal);

    [Fact]
    public void Render_ModelThatDoesNotSee_SaysSo()
    {
        using var folder = Copy(image: false, fusion: false);
        using var blind = Cascade.Load(folder["model"], new CascadeOptions { StageCount = 1 });
        Assert.False(blind.Sees);

        var error = Assert.Throws<SettingsException>(() => blind.Describe(new RenderRequest { Prompt = "", Reference = Reference((1, 2, 3)), Seed = 1 }));

        Assert.Contains("does not see", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, false, "has image_encoder but no fusion")]
    [InlineData(false, true, "has fusion but no image_encoder")]
    public void Load_HalfOfWhatSeeingTakes_IsRefused(bool image, bool fusion, string expected)
    {
        using var folder = Copy(image, fusion);

        Assert.Contains(expected, Assert.Throws<CascadeException>(() => Cascade.Load(folder["model"])).Message, StringComparison.Ordinal);
        Assert.Contains(Cascade.Inspect(folder["model"]).AllErrors, error => error.Contains(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("image_width", 128, "hidden_size = 128")]
    [InlineData("vocab_size", 194, "vocab_size = 194")]
    public void Load_FusionForAnotherEncoder_NamesBoth(string key, int value, string expected)
    {
        using var folder = Copy(image: true, fusion: true);
        var path = Path.Combine(folder["model"], "base", "fusion", "config.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace($"\"{key}\": {value}", $"\"{key}\": 64", StringComparison.Ordinal));

        var error = Assert.Throws<CascadeException>(() => Cascade.Load(folder["model"]));

        Assert.Contains($"{key} = 64", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_BundledModel_CountsBothParts() =>
        Assert.Equal(["text_encoder", "image_encoder", "fusion", "unet"], Cascade.Inspect(Model).Stages[0].Components.Select(part => part.Name));

    [Fact]
    public void Read_TextFile_IsRefused() =>
        Assert.Contains("no picture that can be read", Assert.Throws<PictureFileException>(() => ReferencePicture.Read("text"u8)).Message, StringComparison.Ordinal);

    private IReadOnlyList<RenderResult> Draw(params RenderRequest[] requests) => _cascade.Render(requests, cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>A large disc in the middle of a white picture.</summary>
    private static ReferencePicture Reference((byte Red, byte Green, byte Blue) colour)
    {
        var rgb = new byte[Side * Side * 3];
        for (var pixel = 0; pixel < Side * Side; pixel++)
        {
            var (x, y) = (pixel % Side - Side / 2 + 0.5, pixel / Side - Side / 2 + 0.5);
            (rgb[pixel * 3], rgb[pixel * 3 + 1], rgb[pixel * 3 + 2]) = x * x + y * y < Side * Side / 25.0 ? colour : ((byte)255, (byte)255, (byte)255);
        }
        using var file = new MemoryStream();
        new Picture(Side, Side, rgb).WritePng(file);
        return ReferencePicture.Read(file.ToArray());
    }

    /// <summary>The palette's colour that the pixel at this fraction of width and height is nearest to.</summary>
    private static (int Red, int Green, int Blue) Near(Picture picture, double x, double y)
    {
        (int Red, int Green, int Blue)[] palette =
        [
            (220, 30, 30), (250, 140, 20), (250, 225, 40), (30, 150, 60), (30, 80, 220), (120, 30, 170), (250, 130, 190), (110, 60, 20), (0, 0, 0), (255, 255, 255), (140, 140, 140),
            (130, 190, 240), (20, 30, 90),
        ];
        var at = ((int)(y * picture.Height) * picture.Width + (int)(x * picture.Width)) * 3;
        var rgb = picture.Rgb.Span;
        var (red, green, blue) = (rgb[at], rgb[at + 1], rgb[at + 2]);
        return palette.MinBy(colour => Math.Abs(colour.Red - red) + Math.Abs(colour.Green - green) + Math.Abs(colour.Blue - blue));
    }

    /// <summary>The bundled model, with or without what seeing takes.</summary>
    private static TemporaryFolder Copy(bool image, bool fusion)
    {
        var folder = new TemporaryFolder();
        foreach (var file in Directory.EnumerateFiles(Model, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(Model, file);
            if ((!image && name.Contains("/image_encoder/", StringComparison.Ordinal)) || (!fusion && name.Contains("/fusion/", StringComparison.Ordinal))) continue;
            var target = Path.Combine(folder["model"], name);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        return folder;
    }
}
