package org.yukiguni.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.yukiguni.hub.ModelResolver;
import org.yukiguni.progress.ProgressMode;
import org.yukiguni.run.ExitCode;
import org.yukiguni.spark.HadoopConfiguration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A model into this host's cache. */
@Command(
    name = "download",
    description = {
      "Brings a model or an adapter into this host's cache, and prints its folder.",
      "What is there already is not fetched again. A branch is looked up anew; jobs that name it"
          + " use what was fetched last."
    },
    mixinStandardHelpOptions = true)
final class DownloadCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "MODEL",
      description = "As model.path: the id of a hub model such as rinna/japanese-gpt-1b, or a URI.")
  private String model;

  @Option(
      names = "--revision",
      paramLabel = "REVISION",
      defaultValue = ModelResolver.MAIN,
      description = "Branch, tag or commit of a hub model; ${DEFAULT-VALUE} if not given.")
  private String revision;

  @Override
  public Integer call() {
    Path folder =
        Fetching.watched(
            "download",
            ProgressMode.AUTO,
            listener ->
                new ModelResolver(HadoopConfiguration.current(), listener)
                    .download(model, revision));
    System.out.println(folder);
    return ExitCode.OK.code();
  }
}
