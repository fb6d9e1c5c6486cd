package org.yukiguni.hub;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.job.ModelSpec;

/** Finds the folder of the model that a job names. */
public final class ModelResolver {
  private static final List<String> WEIGHTS =
      List.of(
          "model.safetensors",
          "model.safetensors.index.json",
          "pytorch_model.bin",
          "pytorch_model.bin.index.json");
  private static final List<String> ADAPTERS =
      List.of("adapter_model.safetensors", "adapter_model.bin");
  private static final List<String> TOKENIZERS =
      List.of("tokenizer.json", "spiece.model", "tokenizer.model");

  private static final Pattern HUB_ID = Pattern.compile("[\\w-][\\w.-]*/[\\w-][\\w.-]*");
  private static final Pattern URI = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:.*");

  private ModelResolver() {}

  /**
   * Finds the folder; nothing is downloaded.
   *
   * @throws InvalidJobException if there is no such folder, or it lacks a file
   */
  public static ModelFolder resolve(ModelSpec model) {
    Path folder = folder(model.path(), "model.path");
    if (!Files.isDirectory(folder)) {
      throw problem("model.path", notThere(model.path(), folder));
    }
    if (!model.revision().equals("main")) {
      throw problem(
          "model.revision",
          "Cannot choose revision "
              + model.revision()
              + " because "
              + folder
              + " is a local folder, which has only one; remove the key");
    }
    List<String> missing = missing(folder, List.of(List.of("config.json"), WEIGHTS, TOKENIZERS));
    if (!missing.isEmpty()) {
      throw problem(
          "model.path",
          "Cannot use model "
              + folder
              + " because it has no "
              + String.join(", and no ", missing)
              + "; give the folder of a whole checkpoint");
    }
    return new ModelFolder(folder, FolderRevision.of(folder));
  }

  /**
   * Finds the folder of the adapter, empty if the job names none.
   *
   * @throws InvalidJobException if there is no such folder, or it lacks a file
   */
  public static Optional<ModelFolder> resolveAdapter(ModelSpec model) {
    if (model.adapter() == null) {
      return Optional.empty();
    }
    Path folder = folder(model.adapter(), "model.adapter");
    List<String> missing = missing(folder, List.of(List.of("adapter_config.json"), ADAPTERS));
    if (!missing.isEmpty()) {
      throw problem(
          "model.adapter",
          "Cannot use adapter "
              + folder
              + " because it has no "
              + String.join(", and no ", missing)
              + "; give the local folder of a LoRA adapter as peft saves it");
    }
    return Optional.of(new ModelFolder(folder, FolderRevision.of(folder)));
  }

  private static Path folder(String path, String key) {
    try {
      return Path.of(path).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw problem(
          key, "Cannot find model " + path + " because it is not a path; give a local folder");
    }
  }

  private static String notThere(String path, Path folder) {
    if (Files.exists(folder)) {
      return "Cannot use model " + folder + " because it is a file; give the folder it is in";
    }
    if (URI.matcher(path).matches()) {
      return "Cannot fetch model "
          + path
          + " because models are read from local folders only; give one that every executor has";
    }
    String looked = "Cannot find model " + path + " because there is no folder " + folder;
    return HUB_ID.matcher(path).matches()
        ? looked + " and download from the hub is not available yet; give a local folder"
        : looked + "; give the folder of a checkpoint";
  }

  private static List<String> missing(Path folder, List<List<String>> needed) {
    List<String> missing = new ArrayList<>();
    for (List<String> choices : needed) {
      if (choices.stream().noneMatch(name -> Files.isRegularFile(folder.resolve(name)))) {
        missing.add(String.join(" or ", choices));
      }
    }
    return missing;
  }

  private static InvalidJobException problem(String key, String sentence) {
    return new InvalidJobException(key + ": " + sentence);
  }
}
