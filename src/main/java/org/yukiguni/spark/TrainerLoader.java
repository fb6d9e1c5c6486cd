package org.yukiguni.spark;

import java.io.Serializable;
import org.yukiguni.checkpoint.AdapterLayout;
import org.yukiguni.hub.ModelSource;
import org.yukiguni.model.ModelOptions;
import org.yukiguni.model.TrainingModel;
import org.yukiguni.model.TrainingOptions;

/**
 * Opens on an executor a model to train; it travels with the tasks.
 *
 * @param model gives each host the same contents
 * @param layout of what is trained
 * @param device {@code cpu} or {@code cuda:N}
 * @param threads of one task. It is part of what decides about the bits of a sum, so it must not
 *     depend on how many tasks an executor runs
 * @param training how
 */
public record TrainerLoader(
    ModelSource model, AdapterLayout layout, String device, int threads, TrainingOptions training)
    implements Serializable {
  TrainingModel open() {
    return TrainingModel.open(
        model.folder(HadoopConfiguration.current(), ExecutorEngines.arrivals()),
        layout,
        new ModelOptions(device, threads),
        training);
  }
}
