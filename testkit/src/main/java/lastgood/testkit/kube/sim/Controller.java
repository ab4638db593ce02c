package lastgood.testkit.kube.sim;

/// Something that looks at the store and takes one step towards what is wished there. What it takes several looks for
/// in a real cluster takes several ticks here, so a test can stop in between.
interface Controller {

    void tick();
}
