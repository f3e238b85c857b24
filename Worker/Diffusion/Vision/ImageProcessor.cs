using System.Text.Json;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.Weights;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Vision;

/// <summary>
/// Makes a picture ready for an image encoder as transformers' CLIPImageProcessor does, from its preprocessor_config.json: resized with Pillow's bicubic
/// filter, then less the mean over the deviation. Of what is not square, the square in the middle is taken before it is resized and not after.
/// </summary>
internal sealed record ImageProcessor
{
    /// <summary>The file's name.</summary>
    public const string FileName = "preprocessor_config.json";

    private const int Bicubic = 3, LargestSide = 1 << 12;

    private static readonly JsonSerializerOptions Format = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, AllowDuplicateProperties = false, RespectNullableAnnotations = true };

    /// <summary>Pillow's number of the filter.</summary>
    public int Resample { get; init; } = Bicubic;

    /// <summary>Of each channel, for values from 0 to 1.</summary>
    public required IReadOnlyList<double> ImageMean { get; init; }

    /// <summary>Of each channel.</summary>
    public required IReadOnlyList<double> ImageStd { get; init; }

    /// <summary>The result's height and width.</summary>
    public required PixelSize CropSize { get; init; }

    /// <summary>Height and width in pixels.</summary>
    internal sealed record PixelSize(int Height, int Width);

    /// <param name="path">A preprocessor_config.json.</param>
    /// <exception cref="WeightsException">It is no such file, or asks for what is not supported.</exception>
    public static ImageProcessor Load(string path)
    {
        if (!File.Exists(path)) throw new WeightsException($"'{path}' is missing; expected is the image encoder's {FileName}.");
        try
        {
            var processor = JsonSerializer.Deserialize<ImageProcessor>(ConfigFile.Read(path), Format) ?? throw new WeightsException($"'{path}' holds null.");
            processor.Check(path);
            return processor;
        }
        // Half of a surrogate pair, as an escape, surfaces as InvalidOperationException when the string is taken out.
        catch (Exception error) when (error is JsonException or InvalidOperationException or InvalidDataException)
        {
            throw new WeightsException($"'{path}' does not say how pictures are made ready: {JsonFault.Explain(error)}", error);
        }
    }

    /// <returns>float32 [1, 3, H, W] on the CPU, the caller's</returns>
    public Tensor Prepare(Picture picture)
    {
        var side = CropSize.Height;
        var square = PictureSquare.Of(picture, out var cut);
        var resized = BicubicResampling.Resize(square, Picture.Channels, PictureSize.Square(cut), PictureSize.Square(side));
        using var scope = NewDisposeScope();
        Tensor OfChannel(IEnumerable<double> values) => tensor(values.Select(value => (float)value).ToArray()).view(1, Picture.Channels, 1, 1);
        var planes = tensor(resized, ScalarType.Byte).view(1, side, side, Picture.Channels).permute(0, 3, 1, 2).to(ScalarType.Float32).Over(byte.MaxValue);
        return planes.sub(OfChannel(ImageMean)).div(OfChannel(ImageStd)).contiguous().MoveToOuterDisposeScope();
    }

    private void Check(string path)
    {
        if (Resample != Bicubic) throw new WeightsException($"'{path}' has resample = {Resample}; supported is {Bicubic}, the bicubic filter.");
        if (CropSize.Height != CropSize.Width || CropSize.Height is < 1 or > LargestSide)
            throw new WeightsException($"'{path}' has crop_size = {CropSize.Height} x {CropSize.Width}; supported are squares of 1 to {LargestSide}.");
        if (ImageMean.Count != Picture.Channels || ImageStd.Count != Picture.Channels || ImageStd.Any(deviation => !(deviation > 0)))
            throw new WeightsException($"'{path}' must have three numbers as image_mean and three above 0 as image_std.");
    }
}
