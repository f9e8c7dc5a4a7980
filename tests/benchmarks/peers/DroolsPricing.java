import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.kie.api.KieBase;
import org.kie.api.definition.type.FactType;
import org.kie.api.io.ResourceType;
import org.kie.api.runtime.KieSession;
import org.kie.api.runtime.rule.FactHandle;
import org.kie.internal.utils.KieHelper;

/** Pricing decisions on Drools: RULES.drl ORDERS.csv PASSES. Prints the median rate of the warm passes, and the firings of one. */
public class DroolsPricing {
    static long fired;

    public static void main(String[] args) throws Exception {
        KieBase base = new KieHelper().addContent(Files.readString(Path.of(args[0])), ResourceType.DRL).build();
        FactType type = base.getFactType("pricing", "Order");
        List<Object> orders = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of(args[1]))) {
            String[] fields = line.split(",");
            Object order = type.newInstance();
            type.set(order, "category", fields[0]);
            type.set(order, "score", Integer.parseInt(fields[1]));
            type.set(order, "amount", Integer.parseInt(fields[2]));
            orders.add(order);
        }
        int passes = Integer.parseInt(args[2]);
        List<Double> rates = new ArrayList<>();
        KieSession session = base.newKieSession();
        for (int pass = 0; pass < passes; pass++) {
            fired = 0;
            long start = System.nanoTime();
            for (Object order : orders) {
                FactHandle handle = session.insert(order);
                fired += session.fireAllRules();
                session.delete(handle);
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            if (pass >= passes / 3) {
                rates.add(orders.size() / seconds);
            }
        }
        session.dispose();
        Collections.sort(rates);
        System.out.println(rates.get(rates.size() / 2) + " " + fired);
    }
}
