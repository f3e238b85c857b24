using System.Text.Json.Nodes;
using RenderFarm.Diffusion.Networks.Configuration;
using Xunit;

namespace RenderFarm.Diffusion.Tests.Networks.Configuration;

public sealed class UNetConfigTests
{
    private const string Source = "unet/config.json";

    [Fact]
    public void Parse_StageTwo_ReadsEveryStructuralKey()
    {
        var config = NetworkGolden.Config("unet-stage2");

        Assert.Equal([32, 32, 32, 64], config.BlockOutChannels);
        Assert.Equal([1, 2, 2, 2], config.LayersPerBlock);
        Assert.Equal(DownBlockType.ResnetDownsampleBlock2D, config.DownBlockTypes[0]);
        Assert.Equal(UpBlockType.ResnetUpsampleBlock2D, config.UpBlockTypes[^1]);
        Assert.Equal(ClassEmbedType.Timestep, config.ClassEmbedType);
        Assert.Equal(AdditionEmbedType.Text, config.AdditionEmbedType);
        Assert.Equal(CrossAttentionNorm.GroupNorm, config.CrossAttentionNorm);
        Assert.Equal(TimeScaleShift.ScaleShift, config.ResnetTimeScaleShift);
        Assert.Equal(ActivationFunction.Gelu, config.TimeEmbeddingActFn);
        Assert.True(config.ResnetSkipTimeAct);
        Assert.Equal(1.41422712, config.ResnetOutScaleFactor);
        Assert.Equal(64, config.TimeEmbeddingWidth);
        Assert.Equal(64, config.TextWidth);
        Assert.Equal(8, config.SizeMultiple);
        Assert.Equal(16, config.HeadDimAt(3));
    }

    [Theory]
    [InlineData("act_fn", "\"mish\"", "\"silu\"")]
    [InlineData("act_fn", "0", "\"gelu\"")]
    [InlineData("down_block_types", """["AttnDownBlock2D","SimpleCrossAttnDownBlock2D","SimpleCrossAttnDownBlock2D","SimpleCrossAttnDownBlock2D"]""", "ResnetDownsampleBlock2D")]
    [InlineData("mid_block_type", "\"UNetMidBlock2D\"", "UNetMidBlock2DSimpleCrossAttn")]
    [InlineData("class_embed_type", "\"projection\"", "\"timestep\"")]
    [InlineData("addition_embed_type", "\"text_image\"", "\"text\"")]
    [InlineData("cross_attention_norm", "\"layer_norm\"", "\"group_norm\"")]
    [InlineData("resnet_time_scale_shift", "\"spatial\"", "\"scale_shift\"")]
    [InlineData("encoder_hid_dim_type", "\"image_proj\"", "\"text_proj\"")]
    [InlineData("flip_sin_to_cos", "false", "true")]
    [InlineData("freq_shift", "1", "0")]
    [InlineData("dropout", "0.1", "0")]
    [InlineData("downsample_padding", "0", "1")]
    [InlineData("attention_type", "\"gated\"", "\"default\"")]
    [InlineData("num_class_embeds", "\"many\"", "a whole number")]
    [InlineData("center_input_sample", "true", "false")]
    [InlineData("cross_attention_dim", "[64, 64]", "a whole number")]
    [InlineData("shiny_new_key", "7", "knows no such key")]
    public void Parse_UnsupportedValue_NamesKeyValueAndExpectation(string key, string value, string expectation)
    {
        var error = Assert.Throws<NetworkConfigException>(() => UNetConfig.Parse(With(key, JsonNode.Parse(value)), Source));

        Assert.Contains(Source, error.Message, StringComparison.Ordinal);
        Assert.Contains($"{key} is ", error.Message, StringComparison.Ordinal);
        Assert.Contains(value.Replace(" ", "", StringComparison.Ordinal), error.Message.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains(expectation, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("block_out_channels", "[32, 40, 64, 96]", "norm_num_groups 32")]
    [InlineData("block_out_channels", "[32, 32, 64]", "down_block_types has 4 entries")]
    [InlineData("block_out_channels", "[0, 32, 64, 96]", "more than 0")]
    [InlineData("layers_per_block", "[1, 2]", "layers_per_block has 2 entries")]
    [InlineData("attention_head_dim", "24", "attention_head_dim 24")]
    [InlineData("addition_embed_type_num_heads", "5", "addition_embed_type_num_heads 5")]
    [InlineData("cross_attention_dim", "48", "cross_attention_dim is 48")]
    [InlineData("norm_eps", "0", "norm_eps is 0")]
    [InlineData("encoder_hid_dim", "null", "encoder_hid_dim_type is given without encoder_hid_dim")]
    public void Parse_SizesThatDoNotFit_SaysWhich(string key, string value, string expectation)
    {
        var error = Assert.Throws<NetworkConfigException>(() => UNetConfig.Parse(With(key, JsonNode.Parse(value)), Source));

        Assert.Contains(expectation, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("block_out_channels")]
    [InlineData("in_channels")]
    [InlineData("up_block_types")]
    public void Parse_MissingStructuralKey_NamesIt(string key)
    {
        var json = JsonNode.Parse(NetworkGolden.ConfigText("unet-stage1"))!.AsObject();
        json.Remove(key);

        var error = Assert.Throws<NetworkConfigException>(() => UNetConfig.Parse(json.ToJsonString(), Source));

        Assert.Contains(key, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"in_channels\": 3,")]
    [InlineData("null")]
    [InlineData("[1]")]
    public void Parse_NotAConfiguration_ThrowsWithSource(string json)
    {
        var error = Assert.Throws<NetworkConfigException>(() => UNetConfig.Parse(json, Source));

        Assert.Contains(Source, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, false, false)]
    [InlineData(null, true, true)]
    [InlineData(true, false, true)]
    [InlineData(false, true, false)]
    public void OnlyCrossAttentionInMiddle_FollowsLevelsUnlessSaid(bool? middle, bool levels, bool expected)
    {
        var config = NetworkGolden.Config("unet-stage1") with { MidBlockOnlyCrossAttention = middle, OnlyCrossAttention = [levels] };

        Assert.Equal(expected, config.OnlyCrossAttentionInMiddle);
    }

    private static string With(string key, JsonNode? value)
    {
        var json = JsonNode.Parse(NetworkGolden.ConfigText("unet-stage1"))!.AsObject();
        json[key] = value;
        return json.ToJsonString();
    }
}
