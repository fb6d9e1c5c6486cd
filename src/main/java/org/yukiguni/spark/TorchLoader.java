package org.yukiguni.spark;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.yukiguni.checkpoint.CheckpointException;
import org.yukiguni.engine.Clock;
import org.yukiguni.engine.Engine;
import org.yukiguni.engine.EngineLimits;
import org.yukiguni.hub.ModelFolder;
import org.yukiguni.hub.ModelSource;
import org.yukiguni.job.DevicePlan;
import org.yukiguni.job.Dtype;
import org.yukiguni.job.EngineSpec;
import org.yukiguni.job.Job;
import org.yukiguni.job.Quantization;
import org.yukiguni.model.DeviceMap;
import org.yukiguni.model.Gpu;
import org.yukiguni.model.ModelMemory;
import org.yukiguni.model.ModelOptions;
import org.yukiguni.model.TorchModel;
import org.yukiguni.model.TorchRuntime;
import org.yukiguni.model.WeightFormat;
import org.yukiguni.tokenizer.Tokenizer;

/**
 * Opens a model folder with libtorch.
 *
 * @param model gives each host the same contents
 * @param adapter a LoRA adapter, likewise; null for none
 * @param quantization of the weights
 * @param dtype that it computes in
 * @param plan whether its layers may be spread over devices
 * @param engine how much runs at once
 */
public record TorchLoader(
    ModelSource model,
    ModelSource adapter,
    Quantization quantization,
    Dtype dtype,
    DevicePlan plan,
    EngineSpec engine)
    implements ModelLoader {

  /** The loader of a job's model. */
  public static TorchLoader of(Job job, ModelFolder model, Optional<ModelFolder> adapter) {
    return new TorchLoader(
        model.source(),
        adapter.map(ModelFolder::source).orElse(null),
        job.model().quantization(),
        job.model().dtype(),
        job.model().deviceMap(),
        job.engine());
  }

  @Override
  public TextCodec openCodec() {
    return new TokenizerCodec(Tokenizer.open(folder(model)));
  }

  @Override
  public Optional<String> refusal(List<String> devices) {
    try {
      return devices.stream()
          .flatMap(device -> TorchRuntime.trial(device).stream())
          .findFirst()
          .or(() -> memory().refusal(rooms(devices), advice(devices)));
    } catch (CheckpointException | IllegalStateException e) {
      return Optional.of(e.getMessage());
    }
  }

  private String advice(List<String> devices) {
    boolean isOnCpu = devices.contains(TaskDevice.CPU);
    return isOnCpu || plan == DevicePlan.AUTO
        ? ""
        : "set model.device_map: auto to spread its layers over the task's GPUs and the CPU";
  }

  private ModelMemory memory() {
    return ModelMemory.of(folder(model), adapterFolder(), weightFormat());
  }

  private List<DeviceMap.Room> rooms(List<String> devices) {
    return DeviceRooms.of(devices, plan, dtype, Gpu::visible);
  }

  @Override
  public OpenEngine openEngine(List<String> devices, int threads) {
    List<DeviceMap.Room> rooms = rooms(devices);
    ModelMemory memory = memory();
    // Executors may have other memory than the one that was asked first.
    DeviceMap map =
        memory
            .map(rooms)
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        memory.refusal(rooms, advice(devices)).orElseThrow()));
    Path folder = folder(model);
    FolderStamp stamp = FolderStamp.of(folder);
    ModelOptions options = new ModelOptions(devices.get(0), threads, weightFormat());
    TorchModel opened =
        TorchModel.open(
            folder,
            adapterFolder(),
            options,
            map,
            ExecutorEngines.loadingOn(devices, map.layers()));
    long roomForKv = memory.kvTokens(map, rooms) * opened.limits().kvBytesPerToken();
    EngineLimits limits = EngineSizing.of(engine, opened.limits(), map, roomForKv);
    try {
      opened.reserve(limits.kvBytes());
    } catch (RuntimeException | Error e) {
      opened.close();
      throw e;
    }
    return new OpenEngine(
        new Engine("engine " + map, opened, limits, Clock.SYSTEM),
        map.toString(),
        limits,
        stamp::check);
  }

  private static Path folder(ModelSource source) {
    return source.folder(HadoopConfiguration.current(), ExecutorEngines.arrivals());
  }

  private Optional<Path> adapterFolder() {
    return Optional.ofNullable(adapter).map(TorchLoader::folder);
  }

  private WeightFormat weightFormat() {
    return switch (quantization) {
      case NONE -> WeightFormat.FLOAT32;
      case INT8 -> WeightFormat.INT8;
    };
  }

  @Override
  public String describe(List<String> devices) {
    List<Gpu> gpus = devices.contains(TaskDevice.CPU) ? List.of() : Gpu.visible();
    StringBuilder text = new StringBuilder(TorchRuntime.description());
    for (String device : devices) {
      text.append(", ").append(device);
      int index = device.equals(TaskDevice.CPU) ? -1 : TaskDevice.indexOf(device);
      text.append(index >= 0 && index < gpus.size() ? " " + gpus.get(index) : "");
    }
    return text.toString();
  }

  @Override
  public int cudaDevices() {
    return TorchRuntime.cudaDevices();
  }
}
