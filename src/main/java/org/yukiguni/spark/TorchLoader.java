package org.yukiguni.spark;

import java.nio.file.Path;
import java.util.Optional;
import org.yukiguni.checkpoint.CheckpointException;
import org.yukiguni.engine.Clock;
import org.yukiguni.engine.Engine;
import org.yukiguni.engine.EngineLimits;
import org.yukiguni.engine.LanguageModel;
import org.yukiguni.hub.ModelFolder;
import org.yukiguni.hub.ModelSource;
import org.yukiguni.job.EngineSpec;
import org.yukiguni.job.Job;
import org.yukiguni.job.Quantization;
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
 * @param engine how much runs at once
 */
public record TorchLoader(
    ModelSource model, ModelSource adapter, Quantization quantization, EngineSpec engine)
    implements ModelLoader {

  /** The loader of a job's model. */
  public static TorchLoader of(Job job, ModelFolder model, Optional<ModelFolder> adapter) {
    return new TorchLoader(
        model.source(),
        adapter.map(ModelFolder::source).orElse(null),
        job.model().quantization(),
        job.engine());
  }

  @Override
  public TextCodec openCodec() {
    return new TokenizerCodec(Tokenizer.open(folder(model)));
  }

  /** {@inheritDoc} Models for a GPU are not counted: DJL does not say how much memory one has. */
  @Override
  public Optional<String> refusal(String device) {
    if (!device.equals("cpu")) {
      return Optional.empty();
    }
    try {
      return ModelMemory.of(folder(model), adapterFolder(), weightFormat())
          .refusal(MachineMemory.bytes(), Runtime.getRuntime().totalMemory());
    } catch (CheckpointException e) {
      return Optional.of(e.getMessage());
    }
  }

  @Override
  public OpenEngine openEngine(String device, int threads) {
    // Executors may have other memory than the one that was asked first.
    refusal(device)
        .ifPresent(
            sentence -> {
              throw new IllegalStateException(sentence);
            });
    Path folder = folder(model);
    FolderStamp stamp = FolderStamp.of(folder);
    LanguageModel opened =
        TorchModel.open(folder, adapterFolder(), new ModelOptions(device, threads, weightFormat()));
    EngineLimits limits = EngineSizing.of(engine, opened.limits(), device);
    return new OpenEngine(
        new Engine("engine " + device, opened, limits, Clock.SYSTEM), limits, stamp::check);
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
  public int cudaDevices() {
    return TorchRuntime.cudaDevices();
  }
}
