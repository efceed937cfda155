// A bare Ink hello-world, bundled as we are: what the first frame of the wizard is compared with.
import { render, Text } from 'ink';

const { unmount } = render(<Text>Hello world</Text>);
setTimeout(unmount, 0);
