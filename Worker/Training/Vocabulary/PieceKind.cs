namespace RenderFarm.Training.Vocabulary;

/// <summary>What a piece is; the numbers are SentencePiece's (sentencepiece_model.proto, ModelProto.SentencePiece.Type).</summary>
internal enum PieceKind
{
    /// <summary>Text.</summary>
    Normal = 1,

    /// <summary>Stands for all that no piece covers.</summary>
    Unknown = 2,

    /// <summary>A mark that no text contains.</summary>
    Control = 3,
}
