using System.Text.Json;
using System.Text.Unicode;
using RenderFarm.Cli.Errors;
using RenderFarm.Diffusion.Cascades.Requests;

namespace RenderFarm.Cli.Requests;

/// <summary>Reads a JSON Lines file of requests. The whole file is checked before the first picture is drawn.</summary>
internal static class RequestFile
{
    private const int MostRequests = 100_000;
    private const int LongestId = 128;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    /// <exception cref="ToolException">The file cannot be read, or a line is no request; the text says which line and why.</exception>
    public static IReadOnlyList<PictureRequest> Read(string path)
    {
        var requests = new List<PictureRequest>();
        var lineOf = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (line, number) in Lines(path))
        {
            var place = $"{path}, line {number}";
            if (requests.Count == MostRequests) throw new ToolException($"{place}: the file holds more than {MostRequests:N0} requests; split it.");
            var request = Parse(line, place, Path.GetDirectoryName(Path.GetFullPath(path))!);
            if (request.CustomId.Length > 0 && !lineOf.TryAdd(request.CustomId, number))
                throw new ToolException($"{place}: custom_id '{request.CustomId}' is taken by line {lineOf[request.CustomId]}; each picture needs a name of its own.");
            requests.Add(request);
        }
        if (requests.Count == 0) throw new ToolException($"{path} holds no requests; expected is a JSON object with a 'prompt' on each line.");
        return [.. requests.Select((request, index) => request.CustomId.Length > 0 ? request : request with { CustomId = FreeId(index + 1, lineOf) })];
    }

    /// <summary>A name for a request without, as the farm gives it: by its place, and where another request was given that, with a number behind it.</summary>
    private static string FreeId(int ordinal, Dictionary<string, int> lineOf)
    {
        var id = $"job-{ordinal}";
        for (var number = 2; !lineOf.TryAdd(id, ordinal); number++) id = $"job-{ordinal}-{number}";
        return id;
    }

    /// <summary>The request that a bare prompt on the command line makes.</summary>
    public static PictureRequest Of(string prompt) =>
        new("picture", CheckedPrompt(prompt, "The prompt", ""), null, null, new Dictionary<string, StageSettings>());

    /// <summary>The request that a picture to look at makes.</summary>
    /// <param name="reference">Read once here, to see whether it is right.</param>
    /// <param name="prompt">What is to be different; null or blank for nothing.</param>
    public static PictureRequest Of(ReferenceFile reference, string? prompt)
    {
        reference.Read();
        return new("picture", string.IsNullOrWhiteSpace(prompt) ? "" : CheckedPrompt(prompt, "The prompt", ""), null, null, new Dictionary<string, StageSettings>()) { Reference = reference };
    }

    private static PictureRequest Parse(ReadOnlyMemory<byte> line, string place, string folder)
    {
        try
        {
            using var document = JsonDocument.Parse(line, Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new ToolException($"{place}: it is not a JSON object; expected is {{\"prompt\": \"…\"}}.");
            return Parse(new JsonFields(document.RootElement, place), place, folder);
        }
        // Half of a surrogate pair, as an escape, surfaces as InvalidOperationException when the string is taken out.
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new ToolException($"{place}: invalid JSON ({Reason(error)}); expected is one JSON object per line.", error);
        }
    }

    private static PictureRequest Parse(JsonFields fields, string place, string folder)
    {
        var id = fields.Text("custom_id");
        if (id?.Length is 0 or > LongestId) throw fields.Bad("custom_id", $"has {id.Length} characters; expected are 1 to {LongestId}");
        var reference = Reference(fields, place, folder);
        var said = fields.Text("prompt") ?? (reference is null ? throw fields.Bad("prompt", "is missing; say what the picture shows") : "");
        var prompt = string.IsNullOrWhiteSpace(said) && reference is not null ? "" : CheckedPrompt(said, "'prompt'", $"{place}: ");
        var negative = fields.Text("negative_prompt");
        if (negative is not null && RenderRequest.LengthOf(negative) is > RenderRequest.LongestPrompt and var length)
            throw fields.Bad("negative_prompt", $"has {length:N0} characters; expected are at most {RenderRequest.LongestPrompt:N0}");
        var seed = fields.Integer("seed", 0, long.MaxValue);
        var stages = new Dictionary<string, StageSettings>(StringComparer.Ordinal);
        if (fields.Inner("stages") is { } inner)
            foreach (var stage in inner.Names) stages[stage] = Stage(inner.Inner(stage) ?? throw inner.Bad(stage, "is null; expected is an object"));
        var start = Start(fields, place, folder);
        fields.RefuseOthers();
        return new PictureRequest(id ?? string.Empty, prompt, negative, seed, stages) { Start = start, Reference = reference };
    }

    /// <summary>Read once to see whether they are right, and again when they are drawn over: a hundred thousand pictures are too many to keep.</summary>
    private static StartFiles? Start(JsonFields fields, string place, string folder)
    {
        var (picture, mask) = (fields.Text("start"), fields.Text("mask"));
        if (picture is null) return mask is null ? null : throw fields.Bad("mask", "says where a picture may change, but there is no 'start'; name the picture");
        var files = new StartFiles(Path.Combine(folder, picture), mask is null ? null : Path.Combine(folder, mask));
        Try(files.Read, place);
        return files;
    }

    private static ReferenceFile? Reference(JsonFields fields, string place, string folder)
    {
        if (fields.Text("reference") is not { } picture) return null;
        var file = new ReferenceFile(Path.Combine(folder, picture));
        Try(file.Read, place);
        return file;
    }

    private static void Try<T>(Func<T> read, string place)
    {
        try
        {
            read();
        }
        catch (ToolException error)
        {
            throw new ToolException($"{place}: {error.Message}", error);
        }
    }

    private static StageSettings Stage(JsonFields fields)
    {
        var settings = new StageSettings
        {
            Steps = (int?)fields.Integer("steps", 1, 1000),
            Guidance = fields.Number("guidance", 0, 100),
            NoiseLevel = (int?)fields.Integer("noise_level", 0, 999),
            Sampler = fields.Text("sampler"),
            Timesteps = fields.Text("timesteps"),
            Eta = fields.Number("eta", 0, 1),
            Strength = fields.Number("strength", 0, 1),
            MaskNoise = fields.Flag("mask_noise"),
            TopK = (int?)fields.Integer("top_k", 1, 1_000_000),
            Temperature = fields.Number("temperature", 0, 100),
            PriorSteps = (int?)fields.Integer("prior_steps", 2, 1000),
            PriorGuidance = fields.Number("prior_guidance", 0, 100),
            SuperResolutionSteps = (int?)fields.Integer("super_resolution_steps", 2, 1000),
        };
        fields.RefuseOthers();
        return settings;
    }

    private static string CheckedPrompt(string prompt, string name, string place) => prompt switch
    {
        _ when string.IsNullOrWhiteSpace(prompt) => throw new ToolException($"{place}{name} is empty; say what the picture shows in 1 to {RenderRequest.LongestPrompt:N0} characters."),
        _ when RenderRequest.LengthOf(prompt) is > RenderRequest.LongestPrompt and var length =>
            throw new ToolException($"{place}{name} has {length:N0} characters; expected are at most {RenderRequest.LongestPrompt:N0}. Shorten it."),
        _ => prompt,
    };

    private static IEnumerable<(ReadOnlyMemory<byte> Line, int Number)> Lines(string path)
    {
        ReadOnlyMemory<byte> rest = Bytes(path);
        if (rest.Span.StartsWith("\uFEFF"u8)) rest = rest[3..];
        for (var number = 1; !rest.IsEmpty; number++)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (!Utf8.IsValid(line.Span)) throw new ToolException($"{path}, line {number}: invalid UTF-8; save the file as UTF-8.");
            if (!line.Span.Trim(" \t\r"u8).IsEmpty) yield return (line, number);
        }
    }

    private static byte[] Bytes(string path)
    {
        if (Directory.Exists(path)) throw new ToolException($"'{path}' is a folder; expected is a JSON Lines file.");
        if (!File.Exists(path)) throw new ToolException($"There is no file '{path}'; expected is a JSON Lines file with a request on each line.");
        return File.ReadAllBytes(path);
    }

    // .NET's texts end in "LineNumber: 0 | BytePositionInLine: 5."; the line is said already, and counted otherwise.
    private static string Reason(Exception error) => error is JsonException { BytePositionInLine: { } position } json
        ? $"at byte {position}: {json.Message.Split(" LineNumber:")[0].TrimEnd('.', ' ')}"
        : error.Message.TrimEnd('.');
}
