using Google.Protobuf;

namespace RenderFarm.Training.Vocabulary;

/// <summary>
/// Writes a vocabulary as SentencePiece's ModelProto (github.com/google/sentencepiece, src/sentencepiece_model.proto); the field numbers
/// below are that file's. Text is not rewritten but for runs of spaces: prompts are lower-cased and cleaned before.
/// </summary>
internal static class SentencePieceModel
{
    private const int UnigramModel = 1;

    /// <summary>The model file's bytes.</summary>
    public static byte[] Serialize(UnigramVocabulary vocabulary) => Message(model =>
    {
        foreach (var piece in vocabulary.Pieces) model.Bytes(1, Serialize(piece));
        model.Bytes(2, TrainerSpec(vocabulary.Pieces));
        model.Bytes(3, NormalizerSpec());
    });

    private static byte[] Serialize(Piece piece) => Message(output =>
    {
        output.Text(1, piece.Text);
        output.Number(2, piece.Score);
        output.Whole(3, (int)piece.Kind);
    });

    private static byte[] TrainerSpec(IReadOnlyList<Piece> pieces) => Message(output =>
    {
        output.Whole(3, UnigramModel);
        output.Whole(4, pieces.Count);
        output.Whole(40, Id(pieces, "<unk>"));
        output.Whole(41, -1); // no begin mark, as in T5
        output.Whole(42, Id(pieces, "</s>"));
        output.Whole(43, Id(pieces, "<pad>"));
        output.Text(45, "<unk>");
        output.Text(47, "</s>");
        output.Text(48, "<pad>");
    });

    private static byte[] NormalizerSpec() => Message(output =>
    {
        output.Text(1, "identity");
        output.Flag(3, true); // add_dummy_prefix: the first word gets its space, too
        output.Flag(4, true); // remove_extra_whitespaces
        output.Flag(5, true); // escape_whitespaces: spaces become U+2581
    });

    private static int Id(IReadOnlyList<Piece> pieces, string mark) =>
        Enumerable.Range(0, pieces.Count).First(id => pieces[id].Text == mark);

    private static byte[] Message(Action<Fields> write)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true)) write(new Fields(output));
        return stream.ToArray();
    }

    /// <summary>Protobuf fields by number.</summary>
    private readonly struct Fields(CodedOutputStream output)
    {
        public void Text(int field, string value)
        {
            output.WriteTag(field, WireFormat.WireType.LengthDelimited);
            output.WriteString(value);
        }

        public void Bytes(int field, byte[] value)
        {
            output.WriteTag(field, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(value));
        }

        public void Number(int field, float value)
        {
            output.WriteTag(field, WireFormat.WireType.Fixed32);
            output.WriteFloat(value);
        }

        public void Whole(int field, int value)
        {
            output.WriteTag(field, WireFormat.WireType.Varint);
            output.WriteInt32(value);
        }

        public void Flag(int field, bool value)
        {
            output.WriteTag(field, WireFormat.WireType.Varint);
            output.WriteBool(value);
        }
    }
}
