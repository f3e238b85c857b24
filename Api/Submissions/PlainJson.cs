using System.Net.Mime;
using System.Text.Json;
using MassTransit;
using MassTransit.Serialization;
using RenderFarm.Persistence;

namespace RenderFarm.Api.Submissions;

/// <summary>
/// Messages to and from programs without MassTransit: the farm's JSON and no envelope. What comes in is left to its consumer to read, whatever it
/// is and says it is, so that the answer to bad JSON is the same as over HTTP.
/// </summary>
internal sealed class PlainJson : ISerializerFactory, IMessageSerializer, IMessageDeserializer
{
    private static readonly SystemTextJsonRawMessageSerializer Raw = new(RawSerializerOptions.AnyMessageType);

    public ContentType ContentType { get; } = new("application/json");

    public IMessageSerializer CreateSerializer() => this;

    public IMessageDeserializer CreateDeserializer() => this;

    public ConsumeContext Deserialize(ReceiveContext receiveContext)
    {
        ArgumentNullException.ThrowIfNull(receiveContext);
        return new BodyConsumeContext(receiveContext, Deserialize(receiveContext.Body, receiveContext.TransportHeaders, receiveContext.InputAddress));
    }

    public SerializerContext Deserialize(MessageBody body, Headers headers, Uri? destinationAddress = null) =>
        Raw.Deserialize(new StringMessageBody("{}"), headers, destinationAddress);

    public MessageBody GetMessageBody(string text) => new StringMessageBody(text);

    public MessageBody GetMessageBody<T>(SendContext<T> context) where T : class =>
        new StringMessageBody(JsonSerializer.Serialize(context.Message, FarmJson.Options));

    public void Probe(ProbeContext context) => context.CreateScope("plainJson");
}
