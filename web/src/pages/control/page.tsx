export default function Page(_: Record<string, unknown>) { return <h1>Soon</h1>; }
