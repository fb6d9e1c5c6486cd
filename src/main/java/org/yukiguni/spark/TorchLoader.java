package org.yukiguni.spark;

import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.yukiguni.engine.Clock;
import org.yukiguni.engine.Engine;
import org.yukiguni.engine.EngineLimits;
import org.yukiguni.engine.LanguageModel;
import org.yukiguni.hub.ModelFolder;
import org.yukiguni.hub.ModelSource;
import org.yukiguni.job.EngineSpec;
import org.yukiguni.job.Job;
import org.yukiguni.job.Quantization;
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
    return new TokenizerCodec(Tokenizer.open(model.folder(HadoopConfiguration.current())));
  }

  @Override
  public OpenEngine openEngine(String device, int threads) {
    Configuration hadoop = HadoopConfiguration.current();
    WeightFormat weights =
        switch (quantization) {
          case NONE -> WeightFormat.FLOAT32;
          case INT8 -> WeightFormat.INT8;
        };
    LanguageModel opened =
        TorchModel.open(
            model.folder(hadoop),
            Optional.ofNullable(adapter).map(source -> source.folder(hadoop)),
            new ModelOptions(device, threads, weights));
    EngineLimits limits = EngineSizing.of(engine, opened.limits(), device);
    return new OpenEngine(new Engine("engine " + device, opened, limits, Clock.SYSTEM), limits);
  }

  @Override
  public int cudaDevices() {
    return TorchRuntime.cudaDevices();
  }
}
