using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using RenderFarm.Contracts.Pictures;
using RenderFarm.FarmTesting;
using RenderFarm.Persistence;
using RenderFarm.Persistence.Storage;
using RenderFarm.Testing;
using SkiaSharp;
using Xunit;

namespace RenderFarm.Api.Tests.Pictures;

public sealed class PictureEndpointsTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private FarmHost _farm = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _farm = await FarmHost.StartAsync(_folder.Path, []);

    public async ValueTask DisposeAsync()
    {
        await _farm.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Png, "image/png")]
    [InlineData(SKEncodedImageFormat.Jpeg, "image/jpeg")]
    [InlineData(SKEncodedImageFormat.Webp, "image/webp")]
    public async Task Add_Picture_IsKeptOnceAndHandedOut(SKEncodedImageFormat format, string type)
    {
        var file = Samples.Encoded(20, 10, 3, format);
        using var first = await _farm.UploadAsync(file, type);
        using var again = await _farm.UploadAsync(file, type: null);
        var picture = await PictureAsync(first, HttpStatusCode.Created);

        Assert.Equal(picture, await PictureAsync(again, HttpStatusCode.OK));
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(file));
        Assert.Equal((sha256, sha256, type, 20, 10, file.Length), (picture.Id, picture.Sha256, picture.ContentType, picture.Width, picture.Height, picture.Size));
        Assert.Equal($"/v1/pictures/{picture.Id}", first.Headers.Location!.ToString());
        Assert.Equal(picture, await _farm.GetAsync<InputPicture>($"/v1/pictures/{picture.Id}"));
        Assert.Equal(file, await _farm.Client.GetByteArrayAsync($"/v1/pictures/{picture.Id}/content", Token));
        Assert.Equal([picture.Key], await KeysAsync());
    }

    [Fact]
    public async Task Add_SameBytesAtOnce_IsOnePictureAndOneObject()
    {
        var file = Samples.Encoded(8, 8, 5);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            using var response = await _farm.UploadAsync(file);
            return (await response.Content.ReadFromJsonAsync<InputPicture>(FarmJson.Options, Token))!;
        }));

        Assert.Equal([Assert.Single(answers.Distinct()).Key], await KeysAsync());
    }

    [Theory]
    [InlineData("cmyk.jpg", "image/jpeg", 422, "The picture has 4 colour components (CMYK); expected is RGB or grey. Save it as RGB.")]
    [InlineData("sixteen-bit.png", "image/png", 422, "The picture has 16 bits a sample; expected are 8. Save it with 8.")]
    [InlineData("transparent.png", "image/png", 422, "The picture has transparent pixels; flatten it onto a background first.")]
    [InlineData("animated.png", "image/png", 422, "The picture is animated; expected is a single picture.")]
    [InlineData("animated.webp", "image/webp", 422, "The picture is animated; expected is a single picture.")]
    [InlineData("animated.gif", null, 415, "The picture is a GIF picture; expected is PNG, JPEG or WebP.")]
    [InlineData("animated.gif", "image/gif", 415, "The picture is said to be 'image/gif'; expected is image/png, image/jpeg, image/webp or application/octet-stream.")]
    [InlineData("grey.png", "image/jpeg", 415, "The picture is said to be image/jpeg and is image/png; send it as what it is.")]
    [InlineData("wide.png", "image/png", 422, "The picture is 30000 x 30000 pixels; expected are sides of at most 8192 and at most 16,777,216 pixels in all. Make it smaller.")]
    public async Task Add_PictureThatCannotBeUsed_IsRefusedAndNotStored(string name, string? type, int status, string detail)
    {
        using var response = await _farm.UploadAsync(Samples.File(name), type);
        await AssertRefusedAsync(response, status, detail);
    }

    [Fact]
    public async Task Add_TextOrNothingOrHalfAPicture_IsRefusedAndNotStored()
    {
        using var text = await _farm.UploadAsync("a picture"u8.ToArray());
        await AssertRefusedAsync(text, 415, "The picture is no picture that can be read; expected is PNG, JPEG or WebP.");
        using var nothing = await _farm.UploadAsync([]);
        await AssertRefusedAsync(nothing, 415, "The picture is empty; expected is PNG, JPEG or WebP.");
        foreach (var (format, type) in ((SKEncodedImageFormat, string)[])[(SKEncodedImageFormat.Png, "image/png"), (SKEncodedImageFormat.Jpeg, "image/jpeg"), (SKEncodedImageFormat.Webp, "image/webp")])
        {
            var file = Samples.Encoded(64, 64, 9, format);
            foreach (var length in (int[])[12, file.Length / 2, file.Length - 2])
            {
                using var half = await _farm.UploadAsync(file[..length], type);
                await AssertRefusedAsync(half, 422, "The picture is cut short; save or send it again.");
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Add_TooManyBytes_IsRefusedWhetherItsLengthIsSaidOrNot(bool isSaid)
    {
        using HttpContent content = isSaid ? new ByteArrayContent(new byte[(32 << 20) + 1]) : new StreamContent(new EndlessStream());
        using var response = await _farm.Client.PostAsync("/v1/pictures", content, Token);
        await AssertRefusedAsync(response, 413, $"The picture has {(isSaid ? "33554433" : "more than 33554432")} bytes; expected are at most 33554432. Make it smaller.");
    }

    [Fact]
    public async Task Get_PictureOfAnotherTenant_IsUnknown()
    {
        using var uploaded = await _farm.UploadAsync(Samples.Encoded(8, 8, 1), tenant: "acme");
        var picture = await PictureAsync(uploaded, HttpStatusCode.Created);
        foreach (var path in (string[])[$"/v1/pictures/{picture.Id}", $"/v1/pictures/{picture.Id}/content", "/v1/pictures/none"])
        {
            using var response = await _farm.Client.GetAsync(path, Token);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }

        Assert.StartsWith("acme/inputs/", picture.Key, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Add_OpaqueAlphaAndPaletteAndTurned_AreTakenWithTheSizeAsSeen()
    {
        using var opaque = await _farm.UploadAsync(Samples.File("opaque-alpha.png"));
        Assert.Equal((4, 2), Size(await PictureAsync(opaque, HttpStatusCode.Created)));
        using var turned = await _farm.UploadAsync(Samples.File("turned.jpg"), "image/jpeg");
        var picture = await PictureAsync(turned, HttpStatusCode.Created);
        using var codec = SKCodec.Create(new MemoryStream(Samples.File("turned.jpg")));
        Assert.Equal((codec.Info.Height, codec.Info.Width), Size(picture));
    }

    private static (int, int) Size(InputPicture picture) => (picture.Width, picture.Height);

    private static async Task<InputPicture> PictureAsync(HttpResponseMessage response, HttpStatusCode status)
    {
        Assert.True(response.StatusCode == status, await response.Content.ReadAsStringAsync(Token));
        return (await response.Content.ReadFromJsonAsync<InputPicture>(FarmJson.Options, Token))!;
    }

    private async Task AssertRefusedAsync(HttpResponseMessage response, int status, string detail)
    {
        var body = await response.Content.ReadAsStringAsync(Token);
        Assert.True((int)response.StatusCode == status, body);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(detail, JsonDocument.Parse(body).RootElement.GetProperty("detail").GetString());
        Assert.Empty(await KeysAsync());
    }

    private async Task<List<string>> KeysAsync() =>
        await _farm.Services.GetRequiredService<IObjectStore>().ListAsync(string.Empty, Token).Select(item => item.Key).ToListAsync(Token);

    /// <summary>More than is allowed, of a length that nobody knows before.</summary>
    private sealed class EndlessStream : Stream
    {
        private long _left = 64L << 20;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(_left, count);
            _left -= read;
            return read;
        }

        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
