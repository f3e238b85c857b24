# A worker with the bundled model. From the repository's root:
#   docker build -f docker/worker.Dockerfile -t renderfarm-worker .
#   docker build -f docker/worker.Dockerfile -t renderfarm-worker:cuda --build-arg TORCH_BACKEND=cuda .
# libtorch brings CUDA's libraries with it; the host gives the driver (NVIDIA Container Toolkit).
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG TORCH_BACKEND=cpu
WORKDIR /source
COPY . .
RUN dotnet publish Worker/Host -c Release -o /app -p:UseAppHost=false -p:TorchBackend=${TORCH_BACKEND}

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /app ./
COPY Worker/Models/shapes /models/shapes
ENV ASPNETCORE_HTTP_PORTS=8080 \
    Rendering__Model=/models/shapes \
    NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility
EXPOSE 8080
USER $APP_UID
# Ready means that the model is loaded; a large one takes minutes.
HEALTHCHECK --interval=5s --timeout=3s --start-period=600s --retries=3 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /health/ready HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200'"]
ENTRYPOINT ["dotnet", "RenderFarm.Worker.dll"]
