using System.Net.Http.Headers;
using RenderFarm.FarmTesting;
using RenderFarm.Testing;
using SkiaSharp;

namespace RenderFarm.Api.Tests.Pictures;

/// <summary>Pictures to upload.</summary>
internal static class Samples
{
    /// <summary>One of the files by which the library's own reader is tested.</summary>
    public static byte[] File(string name) => System.IO.File.ReadAllBytes(Path.Combine(Repository.Root, "tests", "Worker", "Diffusion", "Pictures", "Samples", name));

    public static byte[] Encoded(int width, int height, byte shade, SKEncodedImageFormat format = SKEncodedImageFormat.Png)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        bitmap.Erase(new SKColor(shade, (byte)(255 - shade), 7));
        using var data = bitmap.Encode(format, 90);
        return data.ToArray();
    }

    public static async Task<HttpResponseMessage> UploadAsync(this FarmHost farm, byte[] file, string? type = "image/png", string? tenant = null)
    {
        using var content = new ByteArrayContent(file);
        content.Headers.ContentType = type is null ? null : new MediaTypeHeaderValue(type);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/pictures") { Content = content };
        if (tenant is not null)
            request.Headers.Add("X-Tenant", tenant);
        return await farm.Client.SendAsync(request);
    }

    public static string DataUri(byte[] file, string type = "image/png") => $"data:{type};base64,{Convert.ToBase64String(file)}";
}
