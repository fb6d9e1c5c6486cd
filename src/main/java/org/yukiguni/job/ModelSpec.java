package org.yukiguni.job;

import java.io.Serializable;

/**
 * Which model, and how its weights are held.
 *
 * @param path local folder of the checkpoint
 * @param revision of a hub model; a local folder has only {@code main}
 * @param adapter local folder of a LoRA adapter to merge into the weights; null for none
 * @param dtype number type to compute in
 * @param quantization of the weights
 * @param device where the model runs
 */
public record ModelSpec(
    @Key(presence = Key.Presence.REQUIRED) String path,
    @Key(otherwise = "main") String revision,
    String adapter,
    @Key(otherwise = "auto") Dtype dtype,
    @Key(otherwise = "none") Quantization quantization,
    @Key(otherwise = "auto") Device device)
    implements Serializable {}
