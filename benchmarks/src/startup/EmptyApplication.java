import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * An application with nothing of its own, which says how long its start took, and ends.
 * In the default package on purpose: nothing is below it that could be scanned.
 */
@SpringBootApplication(scanBasePackages = "nothing.there")
public class EmptyApplication {

	public static void main(String[] args) {
		var context = SpringApplication.run(EmptyApplication.class, args);
		System.out.println("ready after " + (System.currentTimeMillis() - Long.getLong("launched")));
		context.close();
	}

}
