using System.Text.Json.Nodes;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Testing;

namespace RenderFarm.Diffusion.Tests.Peers;

/// <summary>All cases as folders, rendered by diffusers in one run of Python when the first test asks.</summary>
public sealed class PeerRenderings : IDisposable
{
    private const string Script = """
        import os, pathlib, runpy, sys, traceback
        os.environ["OMP_WAIT_POLICY"] = "PASSIVE"   # threads that wait by spinning take the cores from whatever else runs
        render = str(pathlib.Path(os.environ["PEER_PYTHON"]).resolve().parent / "render.py")
        for name in sys.argv[2:]:
            folder = pathlib.Path(sys.argv[1]) / name
            saved, sys.argv = sys.argv, [render, "--model", str(folder), "--requests", str(folder / "requests.jsonl"), "--out", str(folder / "expected")]
            try: runpy.run_path(render, run_name="__main__")
            except BaseException: (folder / "error.txt").write_text(traceback.format_exc())
            sys.argv = saved
        """;

    private readonly TemporaryFolder _folder = new();
    private bool _rendered;

    /// <summary>The folder of a case, with diffusers' pictures in <c>expected/</c>.</summary>
    public string FolderOf(string name)
    {
        if (!_rendered) Render();
        return Demand(_folder[name]);
    }

    /// <summary>Has diffusers draw each model's <c>requests.jsonl</c> into <c>expected/</c> in its folder; skips the running test where there is no peer.</summary>
    /// <param name="root">The folder of the models' folders.</param>
    /// <param name="names">Theirs.</param>
    public static void Draw(string root, IEnumerable<string> names) => Peer.Run(Script, [root, .. names]);

    /// <summary>As the other, after a script of the test's own in the same run of Python.</summary>
    /// <param name="prepare">Python source; it finds the root in sys.argv[1] and takes its own argument from the end of sys.argv.</param>
    /// <param name="argument">That argument.</param>
    /// <param name="root">The folder of the models' folders.</param>
    /// <param name="names">Theirs.</param>
    public static void Draw(string prepare, string argument, string root, IEnumerable<string> names) => Peer.Run($"{prepare}\n{Script}", [root, .. names, argument]);

    /// <summary>The folder itself, if diffusers could draw what it asks for.</summary>
    public static string Demand(string folder)
    {
        var error = Path.Combine(folder, "error.txt");
        return File.Exists(error) ? throw new InvalidOperationException($"diffusers could not render '{folder}': {File.ReadAllText(error)}") : folder;
    }

    public static Picture Expected(string folder, int request, string stage) => Expected(folder, $"{request}", stage);

    /// <param name="folder">The model's.</param>
    /// <param name="name">What the pictures' files begin with.</param>
    /// <param name="stage">Its key.</param>
    public static Picture Expected(string folder, string name, string stage)
    {
        using var file = File.OpenRead(Path.Combine(folder, "expected", $"{name}-{stage}.png"));
        return Picture.ReadPng(file);
    }

    public void Dispose() => _folder.Dispose();

    private void Render()
    {
        ulong seed = 1;
        foreach (var model in PeerCases.All)
        {
            // The projection takes the text encoder's width.
            foreach (var stage in model.Stages) stage.UNet["encoder_hid_dim"] = JsonNode.Parse(model.Text["d_model"]!.ToJsonString());
            using var writer = new RandomModel(_folder[model.Name], seed++);
            writer.Write(model);
        }
        Draw(_folder.Root, PeerCases.All.Select(model => model.Name));
        _rendered = true;
    }
}
