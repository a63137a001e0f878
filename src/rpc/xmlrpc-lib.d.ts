/** The parts of the `xmlrpc` package that `codec.ts` uses; its published types cover only the whole client and server. */
declare module 'xmlrpc/lib/serializer.js' {
  const serializer: {
    serializeMethodCall(method: string, params: readonly unknown[]): string;
    serializeMethodResponse(result: unknown): string;
    serializeFault(fault: unknown): string;
  };
  export = serializer;
}

declare module 'xmlrpc/lib/customtype.js' {
  interface XmlElement {
    ele(name: string): XmlElement;
    /** As it stands: nothing is escaped, nothing refused. */
    raw(text: string): XmlElement;
  }
  class CustomType {
    raw: string;
    constructor(raw: string);
    serialize(xml: XmlElement): XmlElement;
  }
  export = CustomType;
}

declare module 'xmlrpc/lib/deserializer.js' {
  /** sax's stream; its events are the deserializer's methods below. */
  interface SaxStream extends NodeJS.WritableStream {
    constructor: new (strict: boolean, options: { strictEntities: boolean }) => SaxStream;
  }
  class Deserializer {
    parser: SaxStream;
    callback: ((error: Error | undefined, result: unknown[]) => void) | null;
    error: Error | null;
    type: 'methodresponse' | 'methodcall' | null;
    responseType: 'params' | 'fault' | null;
    methodname: string | null;
    stack: unknown[];
    marks: number[];
    value: boolean;
    push(value: unknown): void;
    /** Names of tags arrive in upper case. */
    onOpentag(node: { name: string }): void;
    onClosetag(name: string): void;
    onText(text: string): void;
    onCDATA(text: string): void;
    onDone(): void;
    onError(problem: Error | string): void;
    endBase64(data: string): void;
    endBoolean(data: string): void;
    endInt(data: string): void;
    endDouble(data: string): void;
    endStruct(data: string): void;
  }
  export = Deserializer;
}
