package org.yukiguni.job;

import java.io.Serializable;

/**
 * Which model, and how its weights are held.
 *
 * @param path of the checkpoint: a folder, a URI of any file system that Hadoop reads, or the id of
 *     a hub model
 * @param revision branch, tag or commit of a hub model; a folder has only {@code main}
 * @param adapter LoRA adapter to merge into the weights, named likewise; null for none
 * @param adapterRevision of an adapter on the hub
 * @param dtype number type to compute in
 * @param quantization of the weights
 * @param device where the model runs
 * @param deviceMap whether its layers may be spread over devices
 */
public record ModelSpec(
    @Key(presence = Key.Presence.REQUIRED) String path,
    @Key(otherwise = "main") String revision,
    String adapter,
    @Key(otherwise = "main") String adapterRevision,
    @Key(otherwise = "auto") Dtype dtype,
    @Key(otherwise = "none") Quantization quantization,
    @Key(otherwise = "auto") Device device,
    @Key(otherwise = "none") DevicePlan deviceMap)
    implements Serializable {}
