package org.yukiguni.spark;

import java.nio.file.Path;
import java.util.Optional;
import org.yukiguni.engine.Clock;
import org.yukiguni.engine.Engine;
import org.yukiguni.engine.EngineLimits;
import org.yukiguni.engine.LanguageModel;
import org.yukiguni.hub.ModelFolder;
import org.yukiguni.job.EngineSpec;
import org.yukiguni.job.Job;
import org.yukiguni.model.ModelOptions;
import org.yukiguni.model.TorchModel;
import org.yukiguni.model.TorchRuntime;
import org.yukiguni.tokenizer.Tokenizer;

/**
 * Opens a model folder with libtorch.
 *
 * @param folder that every executor sees under this path
 * @param revision of the folder's contents, so that a changed model is another model
 * @param adapter folder of a LoRA adapter, likewise; null for none
 * @param adapterRevision of that folder's contents
 * @param engine how much runs at once
 * @param addSpecialTokens whether prompts get the tokeniser's own tokens
 */
public record TorchLoader(
    String folder,
    String revision,
    String adapter,
    String adapterRevision,
    EngineSpec engine,
    boolean addSpecialTokens)
    implements ModelLoader {

  /** The loader of a job's model. */
  public static TorchLoader of(Job job, ModelFolder model, Optional<ModelFolder> adapter) {
    return new TorchLoader(
        model.path().toString(),
        model.revision(),
        adapter.map(folder -> folder.path().toString()).orElse(null),
        adapter.map(ModelFolder::revision).orElse(null),
        job.engine(),
        job.prompt().addSpecialTokens());
  }

  @Override
  public TextCodec openCodec() {
    return new TokenizerCodec(Tokenizer.open(Path.of(folder)), addSpecialTokens);
  }

  @Override
  public OpenEngine openEngine(String device, int threads) {
    LanguageModel model =
        TorchModel.open(
            Path.of(folder),
            Optional.ofNullable(adapter).map(Path::of),
            new ModelOptions(device, threads));
    EngineLimits limits = EngineSizing.of(engine, model.limits(), device);
    return new OpenEngine(new Engine("engine " + device, model, limits, Clock.SYSTEM), limits);
  }

  @Override
  public int cudaDevices() {
    return TorchRuntime.cudaDevices();
  }
}
