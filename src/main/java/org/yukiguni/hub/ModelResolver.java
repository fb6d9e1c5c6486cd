package org.yukiguni.hub;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.job.ModelSpec;

/**
 * Finds the model that a job names: a folder if there is one of that name, else a repository of the
 * hub; or the URI of a folder.
 */
public final class ModelResolver {
  /** What a revision is called that nobody named. */
  public static final String MAIN = "main";

  private static final Pattern HUB_ID =
      Pattern.compile("(\\w[\\w.-]{0,95}/)?\\w[\\w.-]{0,95}(?<![.-])");
  private static final Pattern REVISION = Pattern.compile("\\w[\\w.-]*(/\\w[\\w.-]*)*");

  /** Not a drive letter. */
  private static final Pattern URI_SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:.*");

  private final Configuration hadoop;
  private final Supplier<HubEnvironment> environment;
  private final FetchListener listener;

  /**
   * Looks in the places that this process's environment names.
   *
   * @param listener is told what comes
   */
  public ModelResolver(Configuration hadoop, FetchListener listener) {
    this(hadoop, HubEnvironment::ofProcess, listener);
  }

  ModelResolver(
      Configuration hadoop, Supplier<HubEnvironment> environment, FetchListener listener) {
    this.hadoop = hadoop;
    this.listener = listener;
    this.environment = environment;
  }

  /**
   * Finds the model, and fetches what this host does not have of it.
   *
   * @throws InvalidJobException if there is no such model, or it lacks a file
   * @throws HubException if the network or a server fails
   */
  public ModelFolder resolve(ModelSpec model) {
    return keyed("model.path", () -> find(model.path(), model.revision(), ModelFiles.MODEL));
  }

  /**
   * Finds the adapter, empty if the job names none.
   *
   * @throws InvalidJobException if there is no such adapter, or it lacks a file
   * @throws HubException if the network or a server fails
   */
  public Optional<ModelFolder> resolveAdapter(ModelSpec model) {
    return Optional.ofNullable(model.adapter())
        .map(
            adapter ->
                keyed(
                    "model.adapter",
                    () -> find(adapter, model.adapterRevision(), ModelFiles.ADAPTER)));
  }

  /**
   * Brings a model or an adapter to this host as it is now; jobs that name it use it from then on.
   *
   * @return its folder
   * @throws HubException if it cannot be had
   */
  public Path download(String name, String revision) {
    if (place(name) != Place.HUB) {
      return find(name, revision, ModelFiles.MODEL).path();
    }
    HubEnvironment hub = environment.get();
    String commit = new Hub(hub, listener).update(name, checked(revision));
    return new HubCache(hub.cache(), name).snapshot(commit);
  }

  /** Where a name says that its model is. */
  private enum Place {
    FOLDER,
    HADOOP,
    HUB
  }

  private static Place place(String name) {
    if (URI_SCHEME.matcher(name).matches() && !name.startsWith("file:")) {
      return Place.HADOOP;
    }
    boolean isId = HUB_ID.matcher(name).matches() && !name.contains("..") && !name.contains("--");
    return isId && !Files.exists(Path.of(name)) ? Place.HUB : Place.FOLDER;
  }

  private ModelFolder find(String name, String revision, ModelFiles kind) {
    return switch (place(name)) {
      case FOLDER -> local(name, revision, kind);
      case HADOOP -> copied(name, revision, kind);
      case HUB -> fetched(name, revision, kind);
    };
  }

  private static ModelFolder local(String name, String revision, ModelFiles kind) {
    Path folder = folder(name);
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw HubException.refused(
          "Cannot use model " + folder + " because it is a file; give the folder it is in");
    }
    if (!Files.exists(folder)) {
      throw HubException.refused(
          "Cannot find model "
              + name
              + " because there is no folder "
              + folder
              + "; give the folder of a checkpoint, a URI such as hdfs://host/folder, or the id of a"
              + " hub model");
    }
    refuseRevision(folder.toString(), revision);
    List<String> missing = kind.missing(files(folder));
    if (!missing.isEmpty()) {
      throw HubException.refused(
          "Cannot use "
              + (kind == ModelFiles.MODEL ? "model " : "adapter ")
              + folder
              + " because it has no "
              + String.join(", and no ", missing)
              + "; give the folder of a whole "
              + (kind == ModelFiles.MODEL ? "checkpoint" : "LoRA adapter as peft saves it"));
    }
    String contents = FolderRevision.of(folder);
    return new ModelFolder(folder, contents, new LocalSource(folder.toString(), contents));
  }

  private ModelFolder copied(String uri, String revision, ModelFiles kind) {
    if (uri.startsWith("http:") || uri.startsWith("https:")) {
      throw HubException.refused(
          "Cannot use model "
              + uri
              + " because it is the address of a page; give a hub model by its id, such as"
              + " rinna/japanese-gpt-1b, and another hub by the variable HF_ENDPOINT");
    }
    refuseRevision(uri, revision);
    HadoopFolder folder = new HadoopFolder(uri, kind, hadoop, environment.get().home());
    String contents = folder.contents();
    Path copy = folder.copy(contents, listener);
    return new ModelFolder(copy, FolderRevision.of(copy), new HadoopSource(uri, contents, kind));
  }

  private ModelFolder fetched(String id, String revision, ModelFiles kind) {
    HubEnvironment hub = environment.get();
    String commit = new Hub(hub, listener).resolve(id, checked(revision), kind);
    return new ModelFolder(
        new HubCache(hub.cache(), id).snapshot(commit),
        commit,
        new HubSource(id, commit, kind, hub.endpoint(), hub.isOffline()));
  }

  private static Path folder(String name) {
    try {
      return (name.startsWith("file:") ? Path.of(new URI(name).getPath()) : Path.of(name))
          .toAbsolutePath()
          .normalize();
    } catch (InvalidPathException | URISyntaxException | NullPointerException e) {
      throw HubException.refused(
          "Cannot find model " + name + " because it is not a path; give a folder");
    }
  }

  private static Set<String> files(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      Set<String> names = new HashSet<>();
      files.filter(Files::isRegularFile).forEach(file -> names.add(file.getFileName().toString()));
      return names;
    } catch (IOException e) {
      throw HubException.refused(
          "Cannot read model " + folder + " because of " + e + "; make it readable");
    }
  }

  private static void refuseRevision(String where, String revision) {
    if (!revision.equals(MAIN)) {
      throw HubException.refused(
          "Cannot choose revision "
              + revision
              + " because "
              + where
              + " is a folder, which has only one; remove the revision");
    }
  }

  private static String checked(String revision) {
    if (!REVISION.matcher(revision).matches() || revision.contains("..")) {
      throw HubException.refused(
          "Cannot choose revision "
              + revision
              + " because it is no name of a branch, a tag or a commit");
    }
    return revision;
  }

  private static ModelFolder keyed(String key, Supplier<ModelFolder> resolving) {
    try {
      return resolving.get();
    } catch (HubException e) {
      if (e.reason() == HubException.Reason.REFUSED) {
        throw new InvalidJobException(key + ": " + e.getMessage());
      }
      throw e;
    }
  }
}
